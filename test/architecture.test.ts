import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kernelInfo } from '../kernels/jupyter/answers/kernel-info.ts';
import { findCycle, modulesBelow, root, specifiersIn } from './house/modules.ts';
import { below, holdRules, type Rule } from './house/rules.ts';

const stages = [
  'tensor',
  'data',
  'model',
  'sparse',
  'train',
  'inspect',
  'search',
  'compress',
  'measure',
  'deploy',
  'loops',
  'check',
  'notebook',
];

const stageOf = (path: string): number => (below('lib', path) ? stages.indexOf(path.split('/')[1] as string) : -1);
const familyOf = (path: string): string | undefined => /^lib\/compress\/([^/]+)\//.exec(path)?.[1];
/** The doors: `lib/index.ts`, and one for each family. */
const isDoor = (path: string): boolean => /^lib\/[^/]+\.ts$/.test(path);

const rules: readonly Rule[] = [
  {
    name: 'imports in lib point left only',
    broken: (m, to) => stageOf(m.path) >= 0 && stageOf(to) > stageOf(m.path),
    planted: ['lib/search/kept.ts', 'lib/compress/prune/magnitude.ts'],
  },
  {
    name: 'every folder of lib is a known stage',
    broken: m => below('lib', m.path) && !isDoor(m.path) && stageOf(m.path) < 0,
    planted: ['lib/utils/helpers.ts', 'node:fs'],
  },
  {
    name: 'families of compress are independent',
    broken: (m, to) => familyOf(m.path) !== undefined && familyOf(to) !== undefined && familyOf(m.path) !== familyOf(to),
    planted: ['lib/compress/prune/mask.ts', 'lib/compress/quantize/affine.ts'],
  },
  {
    name: 'nothing inside lib imports a door of it',
    broken: (m, to) => below('lib', m.path) && !isDoor(m.path) && isDoor(to),
    planted: ['lib/model/vgg.ts', 'lib/prune.ts'],
  },
  {
    name: 'tfjs is named in lib/tensor/tfjs.ts only (loaded first by prepare.ts, and mended where it stands by conv1d-padding.ts)',
    broken: (m, to) =>
      to.startsWith('@tensorflow/') &&
      !['lib/tensor/tfjs.ts', 'lib/tensor/prepare.ts', 'lib/tensor/conv1d-padding.ts'].includes(m.path) &&
      !below('test', m.path) &&
      !below('scripts', m.path),
    planted: ['lib/tensor/scope.ts', '@tensorflow/tfjs-core'],
  },
  {
    name: 'tfjs without our kernels stays inside lib/tensor: everyone else imports lib/tensor/tf.ts',
    broken: (m, to) => to === 'lib/tensor/tfjs.ts' && !below('lib/tensor', m.path),
    planted: ['lib/model/forward.ts', 'lib/tensor/tfjs.ts'],
  },
  {
    name: 'data files are read in lib/data/loader.ts only',
    broken: (m, to) => below('lib', m.path) && below('datasets', to) && m.path !== 'lib/data/loader.ts',
    planted: ['lib/measure/accuracy.ts', 'datasets/registry.ts'],
  },
  {
    name: 'notebooks import tinylab and their own folder only',
    broken: (m, to) => below('notebooks', m.path) && to !== '' && to !== 'tinylab' && !below(dirname(m.path), to),
    planted: ['notebooks/00-basics/checks.ts', 'lib/tensor/random.ts'],
  },
  {
    name: 'nobody imports labs-grading but its benchmark',
    broken: (m, to) =>
      below('labs-grading', to) && !['labs-grading', 'test', 'scripts/bench/grading'].some(folder => below(folder, m.path)),
    planted: ['lib/check/check.ts', 'labs-grading/run/sandbox.ts'],
  },
  {
    name: 'lib imports nothing of kernels, scripts or tests',
    broken: (m, to) => below('lib', m.path) && ['kernels', 'scripts', 'test'].some(folder => below(folder, to)),
    planted: ['lib/notebook/plot.ts', 'kernels/jupyter/format.ts'],
  },
  {
    name: 'kernels import nothing of lib',
    broken: (m, to) => below('kernels', m.path) && (below('lib', to) || to === 'tinylab'),
    planted: ['kernels/jupyter/kernel.ts', 'lib/tensor/host.ts'],
  },
];

const modules = modulesBelow(['lib', 'kernels', 'labs-grading', 'notebooks', 'datasets', 'scripts', 'test']);

describe('architecture', () => {
  it('sees the modules', () => {
    expect(modules.filter(m => below('lib', m.path)).length).toBeGreaterThan(30);
    expect(modules.flatMap(m => m.imports).length).toBeGreaterThan(100);
  });

  it('reads every form of import', () => {
    const source = `import a from 'a';\nimport {\n  b,\n} from "b";\nexport * from 'c';\nimport 'd';\nconst e = await import('e');\nconst f = require('f');\n// import 'g'\n/* from 'h' */`;
    expect(specifiersIn(source)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  holdRules(rules, modules);

  it('has no import cycle', () => {
    expect(
      findCycle([
        { path: 'a', imports: ['b'] },
        { path: 'b', imports: ['a'] },
      ]),
    ).toEqual(['a', 'b', 'a']);
    expect(findCycle(modules)).toBeUndefined();
  });

  it('is what ARCHITECTURE.md tells: its folders are there, all of them, and its stages are these in this order', () => {
    const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    const where = /\n## Where things are\n([\s\S]*?)\n## /.exec(page)?.[1] ?? '';
    const rows = [...where.matchAll(/^\| `([\w-]+(?:\/[\w-]+)*)\/` \|/gm)].map(match => match[1] as string);
    const folders = rows.filter(row => !stages.includes(row)).map(row => row.replace(/\/NN-name$/, ''));
    for (const folder of folders) expect(existsSync(join(root, folder)), folder).toBe(true);
    const top = readdirSync(root, { withFileTypes: true }).filter(entry => entry.isDirectory() && !/^\.|node_modules/.test(entry.name));
    expect([...new Set(folders.map(folder => folder.split('/')[0]))].sort()).toEqual(top.map(({ name }) => name).sort());
    const kernels = readdirSync(join(root, 'kernels')).map(name => `kernels/${name}`);
    expect(folders.filter(folder => folder.startsWith('kernels/')).sort()).toEqual(kernels.sort());
    expect(where).toContain(`    ${stages.join(' < ')}\n`);
    const there = stages.filter(stage => existsSync(join(root, 'lib', stage)));
    expect(rows.filter(row => stages.includes(row))).toEqual(there);
    for (const [, file = ''] of page.matchAll(/`((?:lib|scripts|test|kernels|labs-grading)\/[\w./-]+\.\w+)`/g))
      expect(existsSync(join(root, file)), file).toBe(true);
  });

  it('doors that ARCHITECTURE.md names are those of the library', () => {
    const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    const doors = readdirSync(join(root, 'lib')).filter(file => file.endsWith('.ts') && !['index.ts', 'grading.ts'].includes(file));
    const told = [...page.matchAll(/`([a-z]+)\.…`/g)].map(match => `${match[1]}.ts`);
    expect([...new Set(told)].sort()).toEqual(doors.sort());
  });

  it('every package has the version that CHANGELOG.md begins with', () => {
    const version = /^## (\d+\.\d+\.\d+)$/m.exec(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'))?.[1];
    const packages = ['', 'lib', 'labs-grading', 'kernels/jupyter', 'kernels/jupyter/labextension', 'kernels/compute'];
    for (const folder of packages)
      expect(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version, folder).toBe(version);
    expect(kernelInfo().implementation_version).toBe(version);
  });
});
