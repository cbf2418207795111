import { GraderError } from '../base/grader-error.ts';
import type { Change, KnownMistake, Mutant } from '../lab/mutant.ts';
import { type Cell, markOf } from './cells.ts';
import { withoutMarkers } from './regions.ts';

/**
 * Known wrong answers as whole cells: a slip is the lab's own answer with pieces replaced.
 * @throws GraderError for a slip in a question without an answer cell, or whose piece does not stand in the answer exactly once.
 */
export function answersOf(mistakes: readonly KnownMistake[], cells: readonly Cell[]): readonly Mutant[] {
  return mistakes.map(mistake => {
    if (!('changes' in mistake)) return mistake;
    const { changes, ...mutant } = mistake;
    const cell = cells.find(one => markOf(one)?.grade_id === mutant.question);
    if (!cell) throw refused(mutant, 'the lab has no such answer cell');
    return { ...mutant, answer: changes.reduce((answer, change) => changed(mutant, answer, change), withoutMarkers(cell.source)) };
  });
}

function changed(mutant: Omit<Mutant, 'answer'>, answer: string, [piece, wrong]: Change): string {
  const parts = answer.split(pattern(piece));
  if (parts.length !== 2) throw refused(mutant, `the answer has "${piece}" ${parts.length - 1} times, not once`);
  return parts.join(wrong);
}

/** The piece with any white space where it has some. */
const pattern = (piece: string): RegExp =>
  new RegExp(
    piece
      .split(/\s+/)
      .map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('\\s+'),
  );

const refused = ({ question, name }: Omit<Mutant, 'answer'>, why: string): GraderError =>
  new GraderError('lab/slip', `mutants.ts, ${question}, ${name}: ${why}.`);
