import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { debian, pathWith } from './kit/debian.ts';
import { indexServer } from './kit/index-server.ts';
import { project, scratchFolder, scratchProject, smallWheel, startSetUp } from './kit/scratch.ts';

const superuser = process.getuid?.() === 0;

const compilerOnly = { 'g++': 'exit 0' };

describe('a machine that lacks something gets its name and one command', () => {
  const cases = [
    { lacks: 'Python', programs: compilerOnly, code: 'python/missing', mend: 'apt-get install -y python3 python3-venv' },
    {
      lacks: 'a new enough Python',
      programs: { ...compilerOnly, python3: 'echo 3 8' },
      code: 'python/missing',
      mend: 'apt-get install -y python3 python3-venv',
    },
    {
      lacks: 'the venv module',
      programs: { ...compilerOnly, python3: 'case "$2" in *ensurepip*) echo "No module named ensurepip"; exit 1;; *) echo 3 11;; esac' },
      code: 'python/no-venv',
      mend: 'apt-get install -y python3-venv',
    },
    { lacks: 'a compiler', programs: { python3: 'echo 3 11' }, code: 'compiler/missing', mend: 'apt-get install -y g++' },
  ];

  test.each(cases)('$lacks', async ({ programs, code, mend }) => {
    const scratch = scratchProject({ PATH: pathWith(programs as Record<string, string>) });
    const { code: exit, output } = await startSetUp({ ...scratch, steps: ['system-packages', 'python-venv'] }).ended;
    expect(output).toContain(`${code}: `);
    expect(output).toContain(mend);
    expect(exit).toBe(1);
  });

  test('npm', async () => {
    const scratch = scratchProject({ PATH: pathWith({}) });
    writeFileSync(join(scratch.root, 'package-lock.json'), '{ "packages": {} }');
    const { code, output } = await startSetUp({ ...scratch, steps: ['node-modules'] }).ended;
    expect(output).toContain('npm/missing: ');
    expect(code).toBe(1);
  });

  test('a platform that is not in the table', async () => {
    const { code, output } = await startSetUp({ ...scratchProject(), platform: 'win32-x64', steps: ['tensorflow'] }).ended;
    expect(output).toContain('platform/unsupported: TinyLab does not run on win32-x64');
    expect(output).toContain('WSL2');
    expect(code).toBe(1);
  });
});

test('what only grading and browser tests need is a remark with its command, not a stop', async () => {
  const scratch = scratchProject({ PATH: pathWith({}) });
  const { code, output } = await startSetUp({ ...scratch, platform: 'linux-x64', steps: ['optional-packages'] }).ended;
  expect(output).toContain('bubblewrap is missing: grading (the sandbox) will not work.');
  expect(output).toContain('Chromium is missing: the browser tests will not work.');
  expect(output).toMatch(/apt-get install -y bubblewrap chromium/);
  expect(code).toBe(0);
});

describe('as root on Debian', () => {
  const installs = (folder: string) => `touch ${folder}/bwrap ${folder}/chromium && chmod +x ${folder}/bwrap ${folder}/chromium`;

  test('missing packages are installed', async () => {
    const { options, asked } = debian(installs);
    const { code, output } = await startSetUp(options).ended;
    expect(asked()).toMatch(/update\n.*install -y --no-install-recommends bubblewrap chromium/);
    expect(output).not.toContain('missing');
    expect(code).toBe(0);
  });

  test('unless TINYLAB_SYSTEM_PACKAGES says no', async () => {
    const { options, asked } = debian(installs);
    options.env.TINYLAB_SYSTEM_PACKAGES = 'no';
    const { output } = await startSetUp(options).ended;
    expect(output).toContain('bubblewrap is missing');
    expect(asked()).toBe('');
  });

  test('without a network: a remark, one attempt, and another only when set-up is asked for', async () => {
    const { options, asked } = debian(() => 'echo "Temporary failure resolving"; exit 100');
    const first = await startSetUp(options).ended;
    expect(first.output).toMatch(/bubblewrap is missing[\s\S]*the attempt failed/);
    expect(first.code).toBe(0);
    const once = asked();
    expect((await startSetUp(options).ended).output).toBe('DONE\n');
    expect(asked()).toBe(once);
    await startSetUp({ ...options, explicit: true }).ended;
    expect(asked().length).toBeGreaterThan(once.length);
  });
});

describe.skipIf(!superuser)('with file systems of our own (needs root)', () => {
  test('a read-only project folder is refused before anything else happens', async () => {
    const scratch = scratchProject();
    const mount = `mount --bind '${scratch.root}' '${scratch.root}' && mount -o remount,ro,bind '${scratch.root}' && exec "$@"`;
    const { code, output } = await startSetUp({ ...scratch, steps: ['python-venv'] }, ['unshare', '-m', 'sh', '-c', mount, 'sh']).ended;
    expect(output).toContain('project/read-only: ');
    expect(output).toContain('git clone');
    expect(output).not.toContain('Setting up');
    expect(code).toBe(1);
  });

  const noSpace = [
    { when: 'before the download', unpackedBytes: 900e6, size: '600k' },
    { when: 'while unpacking', unpackedBytes: 0, size: '100k' },
  ];

  test.each(noSpace)('no space left $when: named, with the free space, and the cache stays clean', async ({ unpackedBytes, size }) => {
    const { path, wheels } = smallWheel(scratchFolder());
    const index = await indexServer(path);
    const scratch = scratchProject(index.env);
    mkdirSync(join(scratch.root, '.tinylab'));
    mkdirSync(scratch.cache, { recursive: true });
    symlinkSync(join(project, '.tinylab/python'), join(scratch.root, '.tinylab/python'));
    const listing = join(scratchFolder(), 'left');
    const mount = `mount -t tmpfs -o size=${size} tmpfs '${scratch.cache}' && "$@"; code=$?; find '${scratch.cache}' -type f > '${listing}'; exit $code`;
    const options = { ...scratch, wheels, platform: 'linux-x64', steps: ['tensorflow'], unpackedBytes };
    const { code, output } = await startSetUp(options, ['unshare', '-m', 'sh', '-c', mount, 'sh']).ended;
    expect(output).toContain('disk/full: No space left.');
    expect(output).toMatch(/cache\/tinylab: \d+ MB free/);
    expect(output).toContain('XDG_CACHE_HOME=');
    expect(code).toBe(1);
    expect(readFileSync(listing, 'utf8')).toBe('');
  });
});
