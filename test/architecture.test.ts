import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCycle, type Module, modulesBelow, specifiersIn } from './house/modules.ts';

const stages = ['tensor', 'data', 'model', 'sparse', 'train', 'inspect', 'search', 'compress', 'measure', 'deploy', 'check', 'notebook'];

interface Rule {
  readonly name: string;
  readonly broken: (module: Module, imported: string) => boolean;
  /** An import that the rule must refuse, so that a rule which never fires is noticed. */
  readonly planted: readonly [path: string, imported: string];
}

const below = (folder: string, path: string): boolean => path.startsWith(`${folder}/`);
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
    name: 'tfjs is named in lib/tensor/tfjs.ts only (and loaded first by prepare.ts)',
    broken: (m, to) =>
      to.startsWith('@tensorflow/') &&
      !['lib/tensor/tfjs.ts', 'lib/tensor/prepare.ts'].includes(m.path) &&
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

  it.each(rules)('$name', ({ broken, planted: [path, imported] }) => {
    expect(broken({ path, imports: [imported] }, imported), 'the planted violation is noticed').toBe(true);
    const offenders = modules.flatMap(m =>
      (m.imports.length ? m.imports : ['']).filter(to => broken(m, to)).map(to => `${m.path} → ${to}`),
    );
    expect(offenders).toEqual([]);
  });

  it('has no import cycle', () => {
    expect(
      findCycle([
        { path: 'a', imports: ['b'] },
        { path: 'b', imports: ['a'] },
      ]),
    ).toEqual(['a', 'b', 'a']);
    expect(findCycle(modules)).toBeUndefined();
  });
});
