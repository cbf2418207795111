import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from 'tinylab';
import type { Cell } from './cells.ts';
import { type LabFiles, readText, shown } from './lab-files.ts';
import { leakProblems, residueProblems } from './leaks.ts';
import type { Problem } from './problem.ts';
import { structureProblems } from './structure.ts';
import { studentNotebook } from './student.ts';

/** A lab as the gate holds it: its text source, the cells of it, its questions. */
export interface Material {
  readonly text: string;
  readonly cells: readonly Cell[];
  readonly questions: Lab;
}

/** What can be wrong with a lab before anything runs. */
export function staticProblems(files: LabFiles, { text, cells, questions }: Material): Problem[] {
  const source = shown(files.source);
  const generated = studentNotebook(text, source);
  const name = shown(files.notebook);
  const shipped = readdirSync(files.folder)
    .filter(file => /\.(ts|md|json|csv|txt)$/.test(file) && !['lab.ts', 'hidden.ts', 'mutants.ts'].includes(file))
    .map(file => ({ file: shown(join(files.folder, file)), text: readText(join(files.folder, file)) }));
  const hidden = files.hidden ? readText(files.hidden) : '';
  const stale = !existsSync(files.notebook) || readText(files.notebook) !== generated;
  return [
    ...(questions.id === files.id
      ? []
      : [{ rule: 'name', file: shown(files.checks), message: `lab('${questions.id}', …) should be called ${files.id}` }]),
    ...structureProblems(cells, questions, source),
    ...leakProblems([...shipped, { file: name, text: generated }], cells, hidden),
    ...(stale
      ? [{ rule: 'fresh', file: name, message: `not the notebook that lab.ts gives; write it with: npx tinylab release ${files.id}` }]
      : residueProblems(generated, name)),
  ];
}
