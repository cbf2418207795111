import { missingTools } from 'tinylab/grading';
import type { Problem } from '../base/problem.ts';
import { shown } from '../base/project.ts';
import type { LabFiles } from './lab-files.ts';
import type { Material } from './static.ts';

/** Tools that a lab's questions need and this machine lacks: here the gate could not ask these questions, and would let anything through. */
export async function missingToolProblems(files: LabFiles, { questions: { questions } }: Pick<Material, 'questions'>): Promise<Problem[]> {
  const found = questions.map(async ({ id, tools = [] }) =>
    (await missingTools(tools)).map(({ name, why, get }): Problem => {
      const message = `needs ${name}, which is missing here: ${why}. ${get} Or ask the gate on a machine that has it.`;
      return { rule: 'tool missing', file: shown(files.checks), cell: id, message };
    }),
  );
  return (await Promise.all(found)).flat();
}
