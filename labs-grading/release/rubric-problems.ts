import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from 'tinylab';
import type { Problem } from '../base/problem.ts';
import { shown } from '../base/project.ts';
import { parseRubric, type RubricQuestion } from '../lab/rubric.ts';
import { type Cell, cellName, markOf, roleOf } from './cells.ts';
import { type LabFiles, readText } from './lab-files.ts';

/** Problems of questions that people grade: each needs an entry in rubric.json whose points can give full marks and no more. */
export function rubricProblems(files: LabFiles, cells: readonly Cell[], lab: Lab): Problem[] {
  const path = join(files.secret, 'rubric.json');
  const file = shown(path);
  const manual = cells.flatMap((cell, index) => (roleOf(cell) === 'manual' ? [{ cell, index }] : []));
  if (!existsSync(path))
    return manual.map(({ cell, index }) => ({
      rule: 'rubric',
      message: `people grade it, and there is no ${file}`,
      ...at(files, cell, index),
    }));
  const text = readText(path);
  let questions: Readonly<Record<string, RubricQuestion>>;
  try {
    questions = parseRubric(text, file).questions;
  } catch (error) {
    return [{ rule: 'rubric', file, message: (error as Error).message.replace(`${file}: `, '').split('\n')[0] as string }];
  }
  const line = (id: string): number => Math.max(1, text.split('\n').findIndex(one => one.includes(`${JSON.stringify(id)}:`)) + 1);
  const known = new Map(lab.questions.map(({ id, points }) => [id, points]));
  for (const { cell } of manual) known.set(markOf(cell)?.grade_id ?? '', markOf(cell)?.points ?? 0);
  const absent = manual.filter(({ cell }) => !Object.hasOwn(questions, markOf(cell)?.grade_id ?? ''));
  return [
    ...absent.map(({ cell, index }) => ({
      rule: 'rubric',
      message: `people grade it, and ${file} has no entry for it`,
      ...at(files, cell, index),
    })),
    ...Object.entries(questions).flatMap(([id, question]) => {
      const points = known.get(id);
      const wrong = points === undefined ? ['the lab has no such question'] : unfit(question, points);
      return wrong.map(message => ({ rule: 'rubric', file, cell: id, line: line(id), message }));
    }),
  ];
}

const at = (files: LabFiles, cell: Cell, index: number) => ({ file: shown(files.source), cell: cellName(cell, index), line: cell.line });

/** What does not fit between a rubric and the points of its question. */
function unfit({ mode, items }: RubricQuestion, points: number): string[] {
  if (items.length === 0) return ['it has no items to tick'];
  if (mode === 'deduct')
    return items.filter(item => -item.points > points).map(item => `item ${item.id} takes ${-item.points} points of ${points}`);
  const sum = items.reduce((all, item) => all + item.points, 0);
  return sum === points ? [] : [`its items give ${sum} points together, the question has ${points}`];
}
