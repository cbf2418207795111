import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../../scripts/setup/steps/tensorflow.mjs';
import { indexServer } from './kit/index-server.ts';
import { below, project, type Scratch, scratchFolder, scratchProject, smallWheel, startSetUp, until } from './kit/scratch.ts';

/** A scratch project whose Python environment is this project's, and an index that has a small wheel in TensorFlow's place. */
async function scene() {
  const { path, wheels } = smallWheel(scratchFolder());
  const index = await indexServer(path);
  const scratch = scratchProject(index.env);
  mkdirSync(join(scratch.root, '.tinylab'));
  symlinkSync(join(project, '.tinylab/python'), join(scratch.root, '.tinylab/python'));
  const options = { ...scratch, wheels, platform: 'linux-x64', steps: ['tensorflow'], unpackedBytes: 0 };
  return { scratch, index, path, options };
}

const unpacked = ({ cache }: Scratch) => below(cache).filter(file => file.endsWith('.so.2'));

test('a download is unpacked and nothing else stays', async () => {
  const { scratch, options } = await scene();
  const { code, output } = await startSetUp(options).ended;
  expect(output).toContain('DONE');
  expect(code).toBe(0);
  expect(unpacked(scratch)).toHaveLength(2);
  expect(below(scratch.cache).filter(file => !file.startsWith('tensorflow-2.21.0-'))).toEqual([]);
});

test('a second run downloads nothing', async () => {
  const { index, options } = await scene();
  await startSetUp(options).ended;
  const { code } = await startSetUp(options).ended;
  expect([code, index.sent()]).toEqual([0, 1]);
});

test('an interrupted download leaves nothing in the cache, and the next run goes on', async () => {
  const { scratch, index, options } = await scene();
  index.serve('stalls half-way');
  const first = startSetUp(options);
  await until('the download has begun', () => index.sent() > 0);
  first.child.kill('SIGINT');
  const { code, output } = await first.ended;
  expect(code).toBe(130);
  expect(output).toContain('goes on from there');
  expect(below(scratch.cache)).toEqual([]);
  index.serve('whole');
  expect((await startSetUp(options).ended).code).toBe(0);
  expect(unpacked(scratch)).toHaveLength(2);
});

test('a killed download is swept by the next run', async () => {
  const { scratch, index, options } = await scene();
  index.serve('stalls half-way');
  const first = startSetUp(options);
  await until('the download has begun', () => index.sent() > 0 && below(scratch.cache).length > 0);
  first.child.kill('SIGKILL');
  await first.ended;
  expect(below(scratch.cache).some(file => file.includes(`.partial-${hostname()}-`))).toBe(true);
  index.serve('whole');
  expect((await startSetUp(options).ended).code).toBe(0);
  expect(below(scratch.cache).filter(file => file.includes('.partial-'))).toEqual([]);
});

test('a broken connection is a named fault with the command to run again', async () => {
  const { scratch, index, options } = await scene();
  index.serve('breaks half-way');
  const { code, output } = await startSetUp(options).ended;
  expect(code).toBe(1);
  expect(output).toContain('download/incomplete');
  expect(output).toMatch(/To mend it: {2}npm run setup/);
  expect(below(scratch.cache)).toEqual([]);
});

test('a file with another checksum is refused, deleted and named', async () => {
  const { scratch, path, options } = await scene();
  const other = smallWheel(scratchFolder(), 'y');
  copyFileSync(other.path, path);
  const { code, output } = await startSetUp(options).ended;
  expect(code).toBe(1);
  expect(output).toContain('download/checksum');
  expect(output).toMatch(/expected sha256 [0-9a-f]{64}\n {2}got {6}sha256 [0-9a-f]{64}/);
  expect(below(scratch.cache)).toEqual([]);
});

test('half a file under the final name is not trusted', async () => {
  const { scratch, index, path, options } = await scene();
  const cached = join(scratch.cache, 'downloads', path.split('/').at(-1) as string);
  mkdirSync(dirname(cached), { recursive: true });
  writeFileSync(cached, readFileSync(path).subarray(0, 1000));
  expect((await startSetUp(options).ended).code).toBe(0);
  expect(index.sent()).toBe(1);
  expect(unpacked(scratch)).toHaveLength(2);
});

test('a library that was truncated later is fetched again', async () => {
  const { scratch, index, options } = await scene();
  await startSetUp(options).ended;
  writeFileSync(join(folderOf({ ...options, cache: scratch.cache }), 'lib/libtensorflow_cc.so.2'), '');
  expect((await startSetUp(options).ended).code).toBe(0);
  expect(index.sent()).toBe(2);
});
