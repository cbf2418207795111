import { kernelHost, type MimeBundle } from '../../tensor/host.ts';
import { box, frame, neutral } from '../card.ts';
import { escapeText } from '../escape.ts';
import { shortened } from '../svg/element.ts';
import { guessFile } from './store.ts';
import { guessText } from './value.ts';

/** What a student reads, line by line; the first line is the heading. */
type Lines = readonly [heading: string, ...more: string[]];

const said = (guess: unknown): string => shortened(guessText(guess), 300);

/** What there is to tell about a guess. */
export const words = {
  /** Nothing was guessed yet. */
  open: (id: string): Lines => [
    'No guess yet.',
    `Write yours in place of '?' in predict('${id}', …) and run this cell again. Your first guess stays; it costs no points.`,
  ],
  /** It holds, whether it is new or not. */
  kept: (guess: unknown): Lines => [`Your guess: ${said(guess)}`, 'It is locked, and costs no points. You will see it beside what comes.'],
  /** Another one came before. */
  locked: (id: string, guess: unknown, { other, written }: { readonly other: unknown; readonly written: boolean }): Lines => [
    `Your guess is locked: ${said(guess)}`,
    `The first guess counts, so ${said(other)} was not stored. That is how you find out what you thought before you knew.`,
    written
      ? `To start again, delete ${guessFile(id)} beside the notebook and run this cell.`
      : 'It could not be written to the disk. To start again, restart the kernel.',
  ],
} as const;

/** A card of these lines. */
export function linesBundle([heading, ...more]: Lines): MimeBundle {
  const children = [
    box('div', 'font-weight:600;overflow-wrap:anywhere', escapeText(heading)),
    ...more.map(line => box('div', 'overflow-wrap:anywhere', escapeText(line))),
  ];
  return { 'text/html': frame(neutral, ...children), 'text/plain': [heading, ...more.map(line => `  ${line}`)].join('\n') };
}

/**
 * How a card shows itself that must not be missed: at once in a notebook, where a cell shows its last value only; as that last value it is its
 * heading, said once more.
 */
export function urgent(lines: Lines): () => MimeBundle {
  const host = kernelHost();
  if (!host) return () => linesBundle(lines);
  host.display(linesBundle(lines));
  return () => linesBundle([lines[0]]);
}
