import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from 'tinylab';
import type { Problem } from '../base/problem.ts';
import { projectFolder, shown } from '../base/project.ts';
import { studentBundle } from './bundle/bundle.ts';
import type { Cell } from './cells.ts';
import { importProblems } from './imports.ts';
import { type LabFiles, readText } from './lab-files.ts';
import { leakProblems } from './leaks/leaks.ts';
import { secretsOf } from './leaks/secrets.ts';
import { rubricProblems } from './rubric-problems.ts';
import { statedPointProblems } from './stated-points.ts';
import { structureProblems } from './structure.ts';

/** A lab as the gate holds it: the cells of its text source, its questions. */
export interface Material {
  readonly cells: readonly Cell[];
  readonly questions: Lab;
}

/** What can be wrong with a lab before anything runs. */
export function staticProblems(files: LabFiles, { cells, questions }: Material): Problem[] {
  return [
    ...(questions.id === files.id
      ? []
      : [{ rule: 'name', file: shown(files.checks), message: `lab('${questions.id}', …) should be called ${files.id}` }]),
    ...structureProblems(cells, questions, shown(files.source)),
    ...statedPointProblems(cells, questions, shown(files.source)),
    ...rubricProblems(files, cells, questions),
    ...importProblems(files),
    ...bundleProblems(files, cells),
  ];
}

/** Problems of what ships: something that must stay with the graders, or a notebook beside lab.ts that is an older one. */
export function bundleProblems(files: LabFiles, cells: readonly Cell[]): Problem[] {
  const bundle = studentBundle(files);
  const secret = files.secret;
  const secrets = secretsOf(
    cells,
    ['hidden.ts', 'rubric.json'].map(name => join(secret, name)),
  );
  const ofGraders = secret === files.folder ? [] : [secret];
  const notebook = shown(files.notebook);
  const generated = bundle.find(({ from }) => from === notebook)?.content.toString();
  const stale = !existsSync(files.notebook) || readText(files.notebook) !== generated;
  return [
    ...leakProblems(bundle, secrets, [...ofGraders, join(projectFolder, 'labs-grading/data')]),
    ...(stale
      ? [
          {
            rule: 'fresh',
            file: notebook,
            message: `not the notebook that lab.ts gives; write it with: npx tinylab release ${ofGraders.length > 0 ? files.id : shown(files.folder)}`,
          },
        ]
      : []),
  ];
}
