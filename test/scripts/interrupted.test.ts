import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { below, project, type Run, type Scratch, scratchFolder, scratchProject, startSetUp, until } from './kit/scratch.ts';

const lockOf = ({ root }: Scratch) => join(root, '.tinylab/setup.lock');
const pathWith = (folder: string) => `${folder}:${process.env.PATH}`;

/** A program that takes a PATH's place for a name: it says that it runs, waits, then does the real thing. */
function slow(name: string, real: string): { folder: string; began: () => boolean; quick: () => void } {
  const folder = scratchFolder();
  const mark = join(folder, 'began');
  writeFileSync(join(folder, name), `#!/bin/sh\ntouch ${mark}\n[ -e ${folder}/quick ] || sleep 60\nexec ${real} "$@"\n`);
  chmodSync(join(folder, name), 0o755);
  return { folder, began: () => existsSync(mark), quick: () => writeFileSync(join(folder, 'quick'), '') };
}

async function interrupt(run: Run, began: () => boolean, signal: NodeJS.Signals): Promise<string> {
  await until('the step has begun', began);
  run.child.kill(signal);
  const { code, output } = await run.ended;
  expect(code).toBe(130);
  expect(output).toContain('What was finished is kept');
  return output;
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s while npm installs: its processes end, and the next run installs', async signal => {
  const npm = slow('npm', '/usr/bin/env -S PATH=/usr/local/bin:/usr/bin:/bin npm');
  const scratch = scratchProject({ PATH: pathWith(npm.folder), NPM_CONFIG_OFFLINE: 'true' });
  writeFileSync(join(scratch.root, 'package.json'), '{ "name": "scratch", "version": "1.0.0", "workspaces": ["part"] }');
  cpSync(join(import.meta.dirname, 'kit/part'), join(scratch.root, 'part'), { recursive: true });
  cpSync(join(import.meta.dirname, 'kit/scratch-lock.json'), join(scratch.root, 'package-lock.json'));
  const options = { ...scratch, steps: ['node-modules'] };
  await interrupt(startSetUp(options), npm.began, signal);
  expect(existsSync(lockOf(scratch))).toBe(false);
  npm.quick();
  expect(await startSetUp(options).ended).toMatchObject({ code: 0 });
  expect(existsSync(join(scratch.root, 'node_modules/part/package.json'))).toBe(true);
});

test('Ctrl-C while the Python environment is made: the next run makes it whole', async () => {
  const scratch = scratchProject();
  const options = { ...scratch, steps: ['python-venv'] };
  await interrupt(startSetUp(options), () => existsSync(join(scratch.root, '.tinylab/python/pyvenv.cfg')), 'SIGINT');
  expect(await startSetUp(options).ended).toMatchObject({ code: 0 });
  expect(existsSync(join(scratch.root, '.tinylab/python/bin/pip'))).toBe(true);
  expect(readdirSync(join(scratch.root, '.tinylab/stamps'))).toEqual(['python-venv.json']);
});

test('Ctrl-C while the binding is compiled: no half-built library, and the next run builds and loads it', async () => {
  const cxx = slow('g++', '/usr/bin/g++');
  const scratch = scratchProject({ PATH: pathWith(cxx.folder), CXX: join(cxx.folder, 'g++') });
  const deps = join(scratch.root, 'node_modules/@tensorflow/tfjs-node');
  mkdirSync(join(scratch.root, 'node_modules/.bin'), { recursive: true });
  cpSync(join(project, 'node_modules/@tensorflow/tfjs-node/binding'), join(deps, 'binding'), { recursive: true });
  const platform = `node-${process.platform}-${process.arch}`;
  symlinkSync(join(project, 'node_modules', platform), join(scratch.root, 'node_modules', platform));
  const userCache = join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? '', '.cache'), 'tinylab');
  mkdirSync(scratch.cache, { recursive: true });
  for (const name of readdirSync(userCache).filter(entry => /^tensorflow-[\d.]+-[0-9a-f]{8}$/.test(entry))) {
    symlinkSync(join(userCache, name), join(scratch.cache, name));
  }
  const options = { ...scratch, steps: ['node24', 'tensorflow', 'binding'] };
  await interrupt(startSetUp(options), cxx.began, 'SIGINT');
  expect(below(scratch.cache).filter(file => file.endsWith('.node') || file.includes('.partial-'))).toEqual([]);
  cxx.quick();
  const { code, output } = await startSetUp(options).ended;
  expect(output).toContain('✔ TensorFlow binding');
  expect(code).toBe(0);
  expect(existsSync(join(deps, 'lib/napi-v8/tfjs_binding.node'))).toBe(true);
});

test('Ctrl-C while the library is compiled: the old build stays, and the next run replaces it and drops stale files', async () => {
  const node = slow('node', process.execPath);
  const scratch = scratchProject();
  mkdirSync(join(scratch.root, 'node_modules/.bin'), { recursive: true });
  mkdirSync(join(scratch.root, 'lib/dist/old'), { recursive: true });
  symlinkSync(join(project, 'node_modules/typescript'), join(scratch.root, 'node_modules/typescript'));
  symlinkSync(join(node.folder, 'node'), join(scratch.root, 'node_modules/.bin/node'));
  writeFileSync(join(scratch.root, 'lib/dist/old/gone.js'), 'old');
  writeFileSync(join(scratch.root, 'lib/index.ts'), 'export const answer: number = 42;\n');
  const compilerOptions = { declaration: true, rootDir: '.', outDir: 'dist', module: 'nodenext', types: [] };
  writeFileSync(join(scratch.root, 'lib/tsconfig.json'), JSON.stringify({ compilerOptions, exclude: ['dist'] }));
  writeFileSync(join(scratch.root, 'package.json'), '{ "type": "module" }');
  const options = { ...scratch, steps: ['library'] };
  await interrupt(startSetUp(options), node.began, 'SIGINT');
  expect(below(join(scratch.root, 'lib/dist'))).toEqual(['old/gone.js']);
  node.quick();
  expect(await startSetUp(options).ended).toMatchObject({ code: 0 });
  expect(below(join(scratch.root, 'lib/dist'))).toEqual(['index.d.ts', 'index.js']);
  expect(readFileSync(join(scratch.root, 'lib/dist/index.js'), 'utf8')).toContain('42');

  writeFileSync(join(scratch.root, 'lib/index.ts'), 'export const answer: number = "forty-two";\n');
  const { code, output } = await startSetUp(options).ended;
  expect([code, output.includes('library/types: ')]).toEqual([1, true]);
  expect(readFileSync(join(scratch.root, 'lib/dist/index.js'), 'utf8')).toContain('42');
});

test('a project that was moved gets an environment for its new place', async () => {
  const scratch = scratchProject();
  await startSetUp({ ...scratch, steps: ['python-venv'] }).ended;
  const moved = { ...scratch, root: `${scratch.root}-moved` };
  renameSync(scratch.root, moved.root);
  expect((await startSetUp({ ...moved, steps: ['python-venv'] }).ended).code).toBe(0);
  const pip = readFileSync(join(moved.root, '.tinylab/python/bin/pip'), 'utf8');
  expect(pip.split('\n')[0]).toContain(moved.root);
});

test('two set-ups at once: the second waits, says so, and finds everything done', async () => {
  const scratch = scratchProject();
  const options = { ...scratch, steps: ['python-venv'] };
  const first = startSetUp(options);
  await until('the first has the lock', () => existsSync(lockOf(scratch)));
  const second = await startSetUp(options).ended;
  expect(second.output).toContain(`Another set-up of this project is running (process ${first.child.pid})`);
  expect(second.output).not.toContain('✔');
  expect([second.code, (await first.ended).code]).toEqual([0, 0]);
});

test('a lock whose process was killed is taken over', async () => {
  const scratch = scratchProject();
  const options = { ...scratch, steps: ['python-venv'] };
  const first = startSetUp(options);
  await until('the first has the lock', () => existsSync(lockOf(scratch)));
  first.child.kill('SIGKILL');
  await first.ended;
  expect(existsSync(lockOf(scratch))).toBe(true);
  const { code, output } = await startSetUp(options).ended;
  expect(output).not.toContain('Another set-up');
  expect(code).toBe(0);
  expect(existsSync(lockOf(scratch))).toBe(false);
});
