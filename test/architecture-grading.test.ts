import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modulesBelow, root } from './house/modules.ts';
import { below, holdRules, type Rule } from './house/rules.ts';
import { runtimeImports } from './house/runtime-imports.ts';

/** Folders of labs-grading; imports point left. `labs` and `data` are what it grades with, not part of it. */
const order = ['base', 'collect', 'lab', 'run', 'gradebook', 'release', 'mutate', 'nbgrader', 'review', 'report', 'commands'];
const content = ['labs', 'data'];
/** Programs at the top. */
const programs = ['labs-grading/cli.ts', 'labs-grading/gradescope.ts'];
/** Inside of the gradebook: the records, where they are kept, what counts, how they are made. */
const gradebook = ['records.ts', 'store', 'policy', 'grading'];

const part = (path: string, folder: string): string => (below(folder, path) ? (path.slice(folder.length + 1).split('/')[0] as string) : '');
const stage = (path: string): number => order.indexOf(part(path, 'labs-grading'));
const level = (path: string): number => gradebook.indexOf(part(path, 'labs-grading/gradebook'));

const rules: readonly Rule[] = [
  {
    name: 'imports in labs-grading point left only',
    broken: (m, to) => stage(m.path) >= 0 && below('labs-grading', to) && (stage(to) < 0 || stage(to) > stage(m.path)),
    planted: ['labs-grading/collect/pick.ts', 'labs-grading/lab/rebuild.ts'],
  },
  {
    name: 'a run sees nothing of the gradebook',
    broken: (m, to) => below('labs-grading/run', m.path) && below('labs-grading/gradebook', to),
    planted: ['labs-grading/run/limits.ts', 'labs-grading/gradebook/store/database.ts'],
  },
  {
    name: 'every file of labs-grading lies in a known folder',
    broken: m =>
      below('labs-grading', m.path) && stage(m.path) < 0 && !content.includes(part(m.path, 'labs-grading')) && !programs.includes(m.path),
    planted: ['labs-grading/utils/helpers.ts', 'node:fs'],
  },
  {
    name: 'the database is opened in gradebook/store only',
    broken: (m, to) => to === 'node:sqlite' && below('labs-grading', m.path) && !below('labs-grading/gradebook/store', m.path),
    planted: ['labs-grading/run/limits.ts', 'node:sqlite'],
  },
  {
    name: 'imports in gradebook point left only',
    broken: (m, to) => level(m.path) >= 0 && below('labs-grading/gradebook', to) && level(to) > level(m.path),
    planted: ['labs-grading/gradebook/store/sqlite-store.ts', 'labs-grading/gradebook/policy/late.ts'],
  },
  {
    name: 'reports see the gradebook through its records, and where a student stands, only',
    broken: (m, to) =>
      below('labs-grading/report', m.path) && below('labs-grading/gradebook', to) && !/gradebook\/(records|standing)\.ts$/.test(to),
    planted: ['labs-grading/report/feedback/feedback.ts', 'labs-grading/gradebook/store/sqlite-store.ts'],
  },
  {
    name: 'what runs inside a sandbox is its own folder, the kernel and the library: nothing else is shown there',
    broken: (m, to) =>
      below('labs-grading/run/inside', m.path) &&
      !/^(node:|tinylab(\/grading)?$)/.test(to) &&
      !['labs-grading/run/inside', 'kernels/jupyter'].some(folder => below(folder, to)) &&
      to !== '',
    planted: ['labs-grading/run/inside/probe.ts', 'labs-grading/base/project.ts'],
  },
  {
    name: 'labs and their data import the library, data, and the type of known wrong answers',
    broken: (m, to) =>
      content.includes(part(m.path, 'labs-grading')) &&
      below('labs-grading', to) &&
      !content.includes(part(to, 'labs-grading')) &&
      to !== 'labs-grading/lab/mutant.ts' &&
      m.path !== 'labs-grading/labs/01-pruning/calibrate.ts',
    planted: ['labs-grading/labs/00-basics/hidden.ts', 'labs-grading/run/limits.ts'],
  },
  {
    name: 'of scripts, the autograder takes only what students have too',
    broken: (m, to) =>
      below('labs-grading', m.path) && below('scripts', to) && !['check', 'jupyter', 'notebook', 'setup'].includes(part(to, 'scripts')),
    planted: ['labs-grading/release/gate.ts', 'scripts/bench/run.ts'],
  },
];

const modules = modulesBelow(['labs-grading']);

describe('architecture of labs-grading', () => {
  it('sees the modules', () => {
    for (const folder of order) expect(modules.filter(m => below(`labs-grading/${folder}`, m.path)).length, folder).toBeGreaterThan(0);
  });

  it('is what ARCHITECTURE.md tells, in its order, and what lies there', () => {
    const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    const part = /\n## Grading\n([\s\S]*?)\n## /.exec(page)?.[1] ?? '';
    const told = [...part.matchAll(/^\| ((?:`[a-z]+\/`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) => cell.match(/[a-z]+/g) ?? []);
    expect(told).toEqual([...order, ...content]);
    const folders = readdirSync(join(root, 'labs-grading'), { withFileTypes: true }).filter(entry => entry.isDirectory());
    const kept = folders.map(({ name }) => name).filter(name => name !== 'node_modules');
    expect(kept.sort()).toEqual([...order, ...content].sort());
    for (const [, file = ''] of part.matchAll(/`((?:commands|gradebook|run)\/[\w./-]+\.\w+)`/g))
      expect(existsSync(join(root, 'labs-grading', file)), file).toBe(true);
  });

  holdRules(rules, modules);

  it('loads no tensor library to supervise grading: the commands that have students’ work run, and all that they reach', async () => {
    const byPath = Map.groupBy(await runtimeImports(['labs-grading']), ({ path }) => path);
    const reached = new Set<string>();
    const walk = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { specifier } of byPath.get(path) ?? []) walk(specifier.startsWith('.') ? join(path, '..', specifier) : specifier);
    };
    for (const name of ['collect', 'grade', 'regrade', 'publish', 'override', 'show', 'review']) walk(`labs-grading/commands/${name}.ts`);
    expect(reached).toContain('labs-grading/gradebook/store/sqlite-store.ts');
    const loadsTensors = (path: string): boolean => /^tinylab($|\/)/.test(path) || path.startsWith('@tensorflow');
    expect(
      [...byPath.values()].flat().some(({ specifier }) => loadsTensors(specifier)),
      'the grader does load it elsewhere',
    ).toBe(true);
    expect([...reached].filter(loadsTensors)).toEqual([]);
  });
});
