import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSource } from '../../../../labs-grading/collect/open-source.ts';
import { bundlePasses, studentBundle } from '../../../../labs-grading/release/bundle/bundle.ts';
import { datasetFiles } from '../../../../labs-grading/release/bundle/datasets.ts';
import { kernelFiles } from '../../../../labs-grading/release/bundle/kernel.ts';
import { labPart } from '../../../../labs-grading/release/bundle/lab-part.ts';
import { libraryFiles } from '../../../../labs-grading/release/bundle/library.ts';
import { type Lockfile, prunedLock } from '../../../../labs-grading/release/bundle/lockfile.ts';
import { packageFiles } from '../../../../labs-grading/release/bundle/packages.ts';
import { readmeFile } from '../../../../labs-grading/release/bundle/readme.ts';
import { scriptFiles } from '../../../../labs-grading/release/bundle/scripts.ts';
import { writeFolder, writeZip } from '../../../../labs-grading/release/bundle/write.ts';
import { givenFiles } from '../../../../labs-grading/release/given-files.ts';
import { labFiles, readText } from '../../../../labs-grading/release/lab-files.ts';
import { leakProblems } from '../../../../labs-grading/release/leaks/leaks.ts';
import { secretsOf } from '../../../../labs-grading/release/leaks/secrets.ts';
import { labCells } from '../../../../labs-grading/release/student.ts';
import { labVersion } from '../../../../labs-grading/release/version.ts';

const scratch = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const lab = labFiles('00-basics');
const bundle = studentBundle(lab);
const paths = bundle.map(({ path }) => path);
const below = (files: readonly { path: string }[], folder: string): boolean => files.every(({ path }) => path.startsWith(`${folder}/`));
const text = (path: string): string => bundle.find(file => file.path === path)?.content.toString() ?? '';

describe('the student bundle of Lab 00', () => {
  it('holds the notebook, its checks, the data, the built library, the kernel, the scripts and the packages', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        'README.md',
        'LICENSE',
        '.npmrc',
        'package.json',
        'package-lock.json',
        'notebooks/00-basics/00-basics.ipynb',
        'notebooks/00-basics/checks.ts',
        'notebooks/00-basics/formulas.ts',
        'datasets/registry.json',
        'datasets/fashion-mnist/LICENSE',
        'datasets/fashion-mnist/train-0-images-idx3-ubyte.gz',
        'lib/package.json',
        'lib/dist/index.js',
        'lib/dist/index.d.ts',
        'kernels/jupyter/main.mjs',
        'kernels/mcu/link.ld',
        'kernels/mcu/plugin/count.c',
        'kernels/jupyter/labextension/dist/extension/package.json',
        'scripts/start.mjs',
        'scripts/check.mjs',
        'scripts/tinylab.mjs',
      ]),
    );
  });

  it('holds nothing of the graders, no solution, and no source of the library', () => {
    expect(
      paths.filter(path =>
        /(^|\/)(lab\.ts|hidden|mutants|styles|survivors|rubric|migrations|labs-grading|test\/|\.tinylab|node_modules)/.test(path),
      ),
    ).toEqual([]);
    expect(paths.filter(path => path.startsWith('notebooks/'))).toHaveLength(6);
    expect(paths.filter(path => /^lib\/(?!dist\/|package\.json)/.test(path))).toEqual([]);
  });

  it.each([
    [
      'solutions, every file but those of every lab',
      '// ### BEGIN SOLUTION\nconst outputSize = Math.floor(layer.inputSize / 2 + 1);\n// ### END SOLUTION',
      '',
    ],
    ['hidden cases, every file of it', '', "const outputSize = 'a hidden datum, 4711';\n"],
  ])('is looked through for leaks of %s', (_, solution, datum) => {
    const hidden = join(scratch, 'hidden.ts');
    writeFileSync(hidden, datum);
    const mark = { grade: false, grade_id: 'x', locked: false, schema_version: 3, solution: true };
    const secrets = secretsOf([{ type: 'code', source: solution, metadata: { nbgrader: mark } }], [hidden]);
    const leak = Buffer.from(`\n${solution}${datum}`);
    const searched = (path: string): boolean => datum !== '' || !/^(lib|kernels|scripts|datasets)\//.test(path);
    const isText = (content: Buffer): boolean => !content.includes(0);
    const spoiled = bundle.map(file =>
      isText(file.content) && searched(file.path) ? { ...file, from: file.path, content: Buffer.concat([file.content, leak]) } : file,
    );
    const json = (path: string): boolean => path.endsWith('.ipynb');
    const found = leakProblems(
      spoiled.filter(({ path }) => !json(path)),
      secrets,
    ).filter(({ rule }) => rule === 'leak');
    expect(new Set(found.map(({ file }) => file))).toEqual(
      new Set(bundle.filter(({ path, content }) => isText(content) && !json(path) && searched(path)).map(({ path }) => path)),
    );
    expect(leakProblems(bundle, secretsOf(labCells(lab), [join(lab.secret, 'hidden.ts')]), [lab.secret])).toEqual([]);
  });

  it('is the same in a folder and in a zip, and the zip has the same bytes every time', async () => {
    const folder = join(scratch, 'out');
    writeFolder(bundle, folder);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    expect(files).toHaveLength(bundle.length);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('# Lab 00 · What does a network cost?');
    expect(() => writeFolder(bundle, folder)).toThrow('the folder is not empty');
    const small = bundle.filter(({ content }) => content.length < 20_000);
    const [one, two] = [join(scratch, 'a/one.zip'), join(scratch, 'two.zip')];
    await writeZip(small, one, '00-basics');
    await writeZip(small, two, '00-basics');
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
    const source = await openSource(one);
    expect(source.files.map(({ path }) => path)).toEqual(small.map(({ path }) => `00-basics/${path}`).sort());
    expect((await source.files.find(({ path }) => path.endsWith('README.md'))?.read(1e6))?.toString()).toBe(text('README.md'));
    source.close();
    expect(existsSync(`${one}.part`)).toBe(false);
  });
});

describe('passes', () => {
  it('are all there is, and each gives files of its own', () => {
    expect(bundlePasses).toEqual([labPart, datasetFiles, libraryFiles, kernelFiles, scriptFiles, packageFiles, readmeFile]);
    expect(new Set(paths).size).toBe(paths.length);
    expect(bundlePasses.flatMap(pass => pass(lab))).toHaveLength(bundle.length);
  });

  it('lab part: the notebook carries the lab and its version', () => {
    expect(below(labPart(lab), 'notebooks/00-basics')).toBe(true);
    const { metadata } = JSON.parse(text('notebooks/00-basics/00-basics.ipynb'));
    expect(metadata.tinylab).toEqual({ lab: '00-basics', version: labVersion('00-basics') });
  });

  it('datasets: what the lab loads, and no program', () => {
    const files = datasetFiles(lab);
    expect(below(files, 'datasets')).toBe(true);
    expect(files.filter(({ path }) => path.endsWith('.ts'))).toEqual([]);
    expect(datasetFiles(labFiles(join(import.meta.dirname, '../../fixtures/tiny-lab'))).map(({ path }) => path)).toEqual([
      'datasets/registry.json',
    ]);
  });

  it('library, kernel, scripts: built or plain, without what builds and tests them', () => {
    expect(below(libraryFiles(), 'lib')).toBe(true);
    expect(JSON.parse(text('lib/package.json')).exports['.']).toEqual({ types: './dist/index.d.ts', default: './dist/index.js' });
    expect(kernelFiles().filter(({ path }) => !/^kernels\/(jupyter|mcu)\//.test(path))).toEqual([]);
    expect(kernelFiles().filter(({ path }) => path.startsWith('kernels/mcu/dist'))).toEqual([]);
    expect(kernelFiles().filter(({ path }) => path.includes('labextension/src'))).toEqual([]);
    expect(scriptFiles().filter(({ path }) => /scripts\/(bench|test)/.test(path))).toEqual([]);
  });

  it('packages: the two commands, and a lock file that agrees', () => {
    const manifest = JSON.parse(text('package.json'));
    expect(manifest.scripts).toMatchObject({ start: 'node scripts/start.mjs', test: 'node scripts/check.mjs' });
    const lock = JSON.parse(text('package-lock.json')) as Lockfile;
    expect(lock.packages['']).toMatchObject({ name: manifest.name, workspaces: manifest.workspaces, dependencies: manifest.dependencies });
    expect(Object.keys(lock.packages)).toEqual(expect.arrayContaining(['node_modules/tslab', 'node_modules/@tensorflow/tfjs-node', 'lib']));
    expect(Object.keys(lock.packages).filter(path => /vitest|biome|esbuild|yauzl|labs-grading/.test(path))).toEqual([]);
  });
});

it('a lock file is cut down to what a root reaches, from where each package stands', () => {
  const lock: Lockfile = {
    name: 'big',
    lockfileVersion: 3,
    packages: {
      '': {},
      lib: { dependencies: { a: '1' } },
      other: { dependencies: { z: '1' } },
      'node_modules/lib': { resolved: 'lib', link: true },
      'node_modules/a': {
        dependencies: { b: '2' },
        peerDependencies: { p: '1', q: '1' },
        peerDependenciesMeta: { q: { optional: true } },
        dev: true,
      },
      'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
      'node_modules/b': {},
      'node_modules/c': {},
      'node_modules/p': {},
      'node_modules/q': {},
      'node_modules/z': {},
    },
  };
  const small = prunedLock(lock, { name: 'small', workspaces: ['lib'], dependencies: {} });
  expect(Object.keys(small.packages)).toEqual([
    '',
    'lib',
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/c',
    'node_modules/lib',
    'node_modules/p',
  ]);
  expect(small.packages['node_modules/a']).not.toHaveProperty('dev');
});

describe('a lab’s version', () => {
  const folder = join(scratch, 'tiny-lab');
  const source = readText(labFiles(join(import.meta.dirname, '../../fixtures/tiny-lab')).source);
  const checks = "export default lab('tiny-lab', []);\n";
  const write = (files: Record<string, string>): string => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [name, content] of Object.entries({ 'lab.ts': source, 'checks.ts': checks, ...files }))
      writeFileSync(join(folder, name), content);
    return labVersion(folder);
  };

  it('follows from what students get, and from nothing else', () => {
    const version = write({});
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(write({ 'hidden.ts': 'export {};', 'rubric.json': '{}', '.swp': '' })).toBe(version);
    expect(write({ 'lab.ts': source.replace('2 * value', 'value + value') })).toBe(version);
    expect(write({ 'lab.ts': source.replace('Three questions', '3 questions') })).not.toBe(version);
    expect(write({ 'checks.ts': `${checks}\n` })).not.toBe(version);
    expect(write({ 'data.csv': 'a' })).not.toBe(version);
  });

  it('is of the files that are given', () => {
    write({ 'data.csv': 'a', 'hidden.ts': '', 'other.ipynb': '', 'half.part': '' });
    for (const made of ['deliverables', 'predictions']) {
      mkdirSync(join(folder, made));
      writeFileSync(join(folder, made, 'net.json'), '{}');
    }
    expect(givenFiles(folder)).toEqual(['checks.ts', 'data.csv']);
  });
});
