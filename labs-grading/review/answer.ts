import { existsSync } from 'node:fs';
import { diffLines } from 'diff';
import { readNotebook } from '../../scripts/notebook/reader.mjs';
import type { Anomaly } from '../base/anomaly.ts';
import { printable } from '../base/text.ts';
import { handedInNotebook } from '../collect/intake.ts';
import type { GradedLab } from '../lab/labs.ts';
import { type Pair, pairsOf } from '../lab/rebuild.ts';
import type { AnswerLine } from './messages.ts';
import { type NotebookOutput, outputsOf } from './outputs.ts';
import { attachedPictures } from './pictures.ts';

/** A student's answer to one question, read from the notebook that was handed in. */
export interface Answer {
  readonly kind: 'code' | 'text';
  readonly lines: readonly AnswerLine[];
  readonly outputs: readonly NotebookOutput[];
  /** The text itself, as it was handed in. */
  readonly source: string;
  /** Pictures that its cells carry: `data:` addresses by name. */
  readonly pictures: ReadonlyMap<string, string>;
  readonly missing?: string;
  /** What is odd about the notebook. */
  readonly anomalies: readonly Anomaly[];
}

const nothing = { lines: [], outputs: [], anomalies: [], source: '', pictures: new Map<string, string>() };

/** Reads the answer in a submission's folder. */
export const answerIn = (folder: string, lab: GradedLab, question: string): Answer => answersIn(folder, lab)(question);

/** Reads the answers in a submission's folder, by question; the notebook is read once. */
export function answersIn(folder: string, lab: GradedLab): (question: string) => Answer {
  const notebook = existsSync(folder) ? handedInNotebook(folder, lab.id) : { refused: `There is no folder ${folder} any more.` };
  if ('refused' in notebook) return () => ({ kind: 'text', ...nothing, missing: notebook.refused });
  const pairs = pairsOf(lab, notebook);
  return question => answerOf(pairs(question));
}

function answerOf(pair: Pair | undefined): Answer {
  if (!pair) return { kind: 'text', ...nothing, missing: 'The released notebook has no answer cell with this id.' };
  const { released, submitted, why, anomalies } = pair;
  const kind = released.type === 'code' ? 'code' : 'text';
  if (submitted.length === 0) return { kind, ...nothing, anomalies, missing: why ?? 'The submitted notebook has no such cell.' };
  const source = submitted.map(cell => cell.source).join('\n\n');
  const outputs = submitted.flatMap(cell => outputsOf(cell.outputs));
  return { kind, lines: linesAgainst(released.source, source), anomalies, outputs, source, pictures: attachedPictures(submitted) };
}

/** Most characters of an answer that are shown, as many as are run, and most lines that may differ before they are no longer compared. */
const [mostCharacters, mostChanges] = [200_000, 2_000];

/** The lines of an answer, those that the stub had too, and the stub's that are gone. One that is too long is cut, and says so. */
export function linesAgainst(stub: string, answer: string): AnswerLine[] {
  const shown = (text: string): string => `${printable(text.replace(/\r\n?/g, '\n')).trimEnd()}\n`;
  const cut = answer.length > mostCharacters;
  const [before, after] = [shown(stub), shown(answer.slice(0, mostCharacters))];
  const apart = [
    { value: before, removed: true, added: false },
    { value: after, removed: false, added: true },
  ];
  const lines = (diffLines(before, after, { maxEditLength: mostChanges }) ?? apart).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): AnswerLine => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text })),
  );
  return cut ? [...lines, { kind: 'added', text: `… cut: the answer has ${answer.length} characters` }] : lines;
}

/** Text of the released cells above an answer, back to the code before it: what was asked. */
export function askedAbove({ pristine }: Pick<GradedLab, 'pristine'>, question: string): string {
  const notebook = readNotebook(pristine);
  if ('wrong' in notebook) return '';
  const at = notebook.cells.findIndex(({ gradeId, solution }) => gradeId === question && solution);
  const start = notebook.cells.slice(0, Math.max(0, at)).findLastIndex(({ type }) => type === 'code') + 1;
  return notebook.cells
    .slice(start, Math.max(start, at))
    .map(({ source }) => source)
    .join('\n\n');
}
