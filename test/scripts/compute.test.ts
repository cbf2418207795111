import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createContext } from '../../scripts/setup/context.mjs';
import { createProgress } from '../../scripts/setup/progress.mjs';
import { setUp } from '../../scripts/setup/set-up.mjs';
import { compute, rungsLeftOut } from '../../scripts/setup/steps/compute.mjs';
import { project, scratchFolder } from './kit/scratch.ts';

/** A project with the sources of kernels/compute and nothing else, and what set-up says while it builds them. */
function scene(env: Record<string, string> = {}) {
  const root = scratchFolder();
  const folder = join(root, 'kernels/compute');
  const isSource = (path: string): boolean => !path.endsWith('/dist');
  cpSync(join(project, 'kernels/compute'), folder, { recursive: true, filter: isSource });
  // what this project's own set-up has compiled already
  cpSync(join(project, '.tinylab/compute'), join(root, '.tinylab/compute'), { recursive: true });
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
  symlinkSync(join(project, 'node_modules/@tensorflow'), join(root, 'node_modules/@tensorflow'));
  symlinkSync(dirname(dirname(process.execPath)), join(root, `node_modules/node-${process.platform}-${process.arch}`));
  const module = join(folder, 'dist/compute.node');
  const go = async (options: object = {}): Promise<string> => {
    let said = '';
    const stream = { isTTY: false, columns: 80, write: (text: string) => (said += text) };
    const context = createContext({ root, env: { ...process.env, XDG_CACHE_HOME: join(root, 'cache'), ...env }, ...options });
    await setUp(context, { steps: [{ ...compute, needs: [] }], progress: createProgress(stream as never) });
    return said;
  };
  const rungs = (): Record<string, boolean> => {
    const program = 'console.log(JSON.stringify(require(process.argv[1]).matmul.rungs.map(r => [r.name, r.available])))';
    return Object.fromEntries(JSON.parse(execFileSync(process.execPath, ['-e', program, module], { encoding: 'utf8' })));
  };
  return { root, folder, module, go, rungs };
}

test('builds every rung, once, and again when a source changes', async () => {
  const { folder, module, go, rungs } = scene();
  expect(await go()).toMatch(/✔ Compute kernels/);
  expect(rungs()).toMatchObject({ reference: true, interchange: true });
  expect(await go()).toBe('');
  appendFileSync(join(folder, 'README.md'), '\nmore\n');
  expect(await go()).toBe('');
  appendFileSync(join(folder, 'matmul/reference.cc'), '// more\n');
  expect(await go()).toMatch(/✔ Compute kernels/);
  expect(existsSync(module)).toBe(true);
});

test('leaves out the rungs of another processor and reports them absent', async () => {
  const { root, go, rungs } = scene();
  const foreign = process.arch === 'x64' ? 'arm64' : 'x64';
  const platform = `${process.platform}-${foreign}`;
  symlinkSync(dirname(dirname(process.execPath)), join(root, `node_modules/node-${platform}`));
  await go({ platform });
  expect(rungs()).toMatchObject({ reference: true, interchange: true });
  if (foreign === 'arm64') expect(rungs().avx2).toBe(false);
});

test('a source that does not compile leaves the library to TypeScript, says so, and is not tried at every start', async () => {
  const { folder, module, go } = scene();
  await go();
  writeFileSync(join(folder, 'matmul/reference.cc'), 'this is no C++\n');
  const said = await go();
  expect(said).toContain('computes in TypeScript');
  expect(said).toMatch(/reference\.cc:1:\d+: error/);
  expect(existsSync(module)).toBe(false);
  expect(await go()).toBe('');
  expect(await go({ explicit: true })).toContain('computes in TypeScript');
  cpSync(join(project, 'kernels/compute/matmul/reference.cc'), join(folder, 'matmul/reference.cc'));
  expect(await go()).not.toContain('TypeScript');
  expect(existsSync(module)).toBe(true);
});

const interchange = (body: string): string =>
  `#include "../abi.h"\nvoid matmul_interchange(const float *, const float *, float *c, MatmulShape, size_t, size_t, float *) { ${body} }\n`;

test.each([
  ['does not compile', 'c[0] = no_such_thing;', /1-interchange\.cc:2:\d+: error: .*no_such_thing/],
  ['computes nonsense', 'c[0] = 7;', /the rung interchange of matmul computes a wrong number/],
  ['crashes', '(void)c; __builtin_trap();', /the rung interchange of matmul/],
])('a rung that %s is left out by name, and the others run', async (_, body, why) => {
  const { root, folder, go, rungs } = scene();
  writeFileSync(join(folder, 'matmul/1-interchange.cc'), interchange(body));
  const said = await go();
  expect(said).toContain('matmul/1-interchange.cc. The other kernels run.');
  expect(said).toMatch(why);
  expect(rungs()).toMatchObject({ reference: true, interchange: false });
  expect(rungsLeftOut(createContext({ root }))).toEqual(['matmul/1-interchange.cc']);
  expect(await go()).toBe('');
  expect(await go({ explicit: true })).toContain('Left out');
  cpSync(join(project, 'kernels/compute/matmul/1-interchange.cc'), join(folder, 'matmul/1-interchange.cc'));
  expect(await go()).not.toContain('Left out');
  expect(rungs()).toMatchObject({ reference: true, interchange: true });
  expect(rungsLeftOut(createContext({ root }))).toEqual([]);
});

test('a change of one source compiles that one, and of a header those that include it', async () => {
  const { root, folder, go } = scene();
  await go();
  const objects = (): string[] => readdirSync(join(root, '.tinylab/compute')).toSorted();
  const before = objects();
  const renewed = async (file: string): Promise<string[]> => {
    const old = new Set(objects());
    appendFileSync(join(folder, file), '// more\n');
    await go();
    return objects()
      .filter(name => !old.has(name))
      .map(name => name.replace(/-[0-9a-f]{24}\.o$/, ''));
  };
  expect(await renewed('matmul/reference.cc')).toEqual(['matmul-reference.cc']);
  expect(await renewed('update-rules.h')).toEqual(
    readdirSync(join(folder, 'update'))
      .map(name => `update-${name}`)
      .toSorted(),
  );
  expect(objects().length).toBe(before.length);
});

test('a machine without a compiler is told what to install', async () => {
  const { go, module } = scene({ CXX: 'no-such-compiler' });
  expect(await go()).toMatch(/C\+\+ compiler: not found.*(apt-get install -y g\+\+|xcode-select)/);
  expect(existsSync(module)).toBe(false);
});

test('a copy without the kernels is set up without a word', async () => {
  const root = scratchFolder();
  const said: string[] = [];
  const stream = { isTTY: false, columns: 80, write: (text: string) => said.push(text) };
  const context = createContext({ root });
  await setUp(context, { steps: [{ ...compute, needs: [] }], progress: createProgress(stream as never) });
  expect(said.join('')).not.toContain('TypeScript');
  expect(existsSync(join(root, 'kernels'))).toBe(false);
});
