import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from '../../lab/mutant.ts';
import { markOf } from '../../release/cells.ts';
import { labCells } from '../../release/student.ts';

const file = join(import.meta.dirname, '../../../notebooks/01-pruning/lab.ts');
const cells = labCells(readFileSync(file, 'utf8'), file);

/** A piece of the lab's own answer, whatever its line breaks, and what a student writes in its place. */
export type Change = readonly [piece: string, wrong: string];

/** Makes wrong answers to one question: the lab's own with pieces replaced, so that no formula is written a second time. */
export function slipsIn(question: string): (name: string, hint: string, ...changes: readonly Change[]) => Mutant {
  const own = cells.find(cell => markOf(cell)?.grade_id === question)?.source.replace(/^ *\/\/ ### (BEGIN|END) SOLUTION\n?/gm, '');
  if (own === undefined) throw new Error(`Lab 01 has no answer cell ${question}.`);
  return (name, hint, ...changes) => ({
    question,
    name,
    hint,
    answer: changes.reduce((answer, [piece, wrong]) => {
      const parts = answer.split(pattern(piece));
      if (parts.length !== 2) throw new Error(`${question}, ${name}: the answer has "${piece}" ${parts.length - 1} times, not once.`);
      return parts.join(wrong);
    }, own),
  });
}

const pattern = (piece: string): RegExp =>
  new RegExp(
    piece
      .split(/\s+/)
      .map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('\\s+'),
  );
