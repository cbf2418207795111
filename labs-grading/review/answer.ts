import { existsSync } from 'node:fs';
import { diffLines } from 'diff';
import { z } from 'zod';
import { printable } from '../base/text.ts';
import { readNotebook } from '../collect/intake.ts';
import type { GradedLab } from '../lab/labs.ts';
import { parseNotebook } from '../lab/notebook.ts';
import { pairOf } from '../lab/rebuild.ts';
import type { AnswerLine } from './messages.ts';
import { type NotebookOutput, outputsSchema } from './outputs.ts';

/** A student's answer to one question, read from the notebook that was handed in. */
export interface Answer {
  readonly kind: 'code' | 'text';
  readonly lines: readonly AnswerLine[];
  readonly outputs: readonly NotebookOutput[];
  readonly missing?: string;
}

const nothing = { lines: [], outputs: [] };

/** Reads the answer in a submission's folder. */
export function answerIn(folder: string, lab: GradedLab, question: string): Answer {
  const text = existsSync(folder) ? readNotebook(folder, lab.id) : { refused: `There is no folder ${folder} any more.` };
  if (typeof text !== 'string') return { kind: 'text', ...nothing, missing: text.refused };
  const pair = pairOf(lab, text, question);
  if (!pair) return { kind: 'text', ...nothing, missing: 'The released notebook has no answer cell with this id.' };
  const { released, submitted } = pair;
  const kind = released.type === 'code' ? 'code' : 'text';
  if (!submitted) return { kind, ...nothing, missing: 'The submitted notebook has no such cell.' };
  const lines = linesAgainst(released.source, submitted.cell.source);
  return { kind, lines, outputs: outputsAt(text, submitted.index) };
}

/** The lines of an answer, those that the stub had too, and the stub's that are gone. */
export function linesAgainst(stub: string, answer: string): AnswerLine[] {
  const shown = (text: string): string => `${printable(text.replace(/\r\n?/g, '\n')).trimEnd()}\n`;
  return diffLines(shown(stub), shown(answer)).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): AnswerLine => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text })),
  );
}

const cellsSchema = z.object({ cells: z.array(z.object({ outputs: outputsSchema })) });

function outputsAt(notebook: string, index: number): readonly NotebookOutput[] {
  const parsed = cellsSchema.safeParse(JSON.parse(notebook));
  return parsed.success ? (parsed.data.cells[index]?.outputs ?? []) : [];
}

/** Text of the released cells above an answer, back to the code before it: what was asked. */
export function askedAbove({ pristine }: Pick<GradedLab, 'pristine'>, question: string): string {
  const notebook = parseNotebook(pristine);
  if ('wrong' in notebook) return '';
  const at = notebook.cells.findIndex(({ gradeId, solution }) => gradeId === question && solution);
  const start = notebook.cells.slice(0, Math.max(0, at)).findLastIndex(({ type }) => type === 'code') + 1;
  return notebook.cells
    .slice(start, Math.max(start, at))
    .map(({ source }) => source)
    .join('\n\n');
}
