import { LabError } from '../tensor/errors.ts';
import { displaySymbol, type MimeBundle } from '../tensor/host.ts';
import { escapeText } from './escape.ts';
import { duration } from './format.ts';
import { type Displayable, live } from './live.ts';

/** A bar that fills up. Every method may be called as often as you like: it is drawn at most ten times a second. */
export interface Progress {
  /** Moves on by `steps`; `note` is written behind the count. */
  advance(steps?: number, note?: string): void;
  /** Moves to `done` steps. */
  set(done: number, note?: string): void;
  /** Ends it: draws the last state with the time taken. */
  end(note?: string): void;
}

/** What a bar shows at one moment. */
export interface ProgressState {
  readonly label: string;
  readonly total: number;
  readonly done: number;
  readonly note: string;
  readonly elapsedMilliseconds: number;
  readonly ended: boolean;
}

/**
 * Shows a progress bar over `total` steps with the time left, in one output that changes in place. Outside a notebook nothing is shown.
 * @example
 * const bar = progress(3, { label: 'Scanning' });
 * for (let i = 0; i < 3; i++) bar.advance();
 * bar.end();
 * @throws LabError `progress/total` when `total` is not a positive number.
 */
export function progress(total: number, options: { label?: string } = {}): Progress {
  if (!(total > 0 && Number.isFinite(total))) {
    throw new LabError(
      'progress/total',
      `progress(total) needs a positive number of steps; got ${total}.`,
      'Count the work before you start.',
    );
  }
  const start = performance.now();
  const at = (done: number, note: string, ended = false): ProgressState & Displayable => {
    const state = { label: options.label ?? '', total, done, note, elapsedMilliseconds: performance.now() - start, ended };
    return { ...state, [displaySymbol]: () => progressBundle(state) };
  };
  const bar = live(at(0, ''));
  const set = (done: number, note = bar.value.note): void => bar.update(at(Math.min(Math.max(done, 0), total), note));
  return {
    set,
    advance: (steps = 1, note) => set(bar.value.done + steps, note),
    end(note = bar.value.note) {
      bar.update(at(bar.value.done, note, true));
      bar.flush();
    },
  };
}

/** The bar as HTML and as one line of text. */
export function progressBundle(state: ProgressState): MimeBundle {
  const { label, total, done, note } = state;
  const facts = [`${done} / ${total}`, time(state), note].filter(Boolean).join(' · ');
  const bar = `<progress value="${done}" max="${total}" style="width:12em;vertical-align:middle;accent-color:#0072b2"></progress>`;
  const text = (content: string): string => `<span style="color:var(--jp-ui-font-color1,inherit)">${escapeText(content)}</span>`;
  return {
    'text/html': `<div style="font-variant-numeric:tabular-nums">${[label ? text(label) : '', bar, text(facts)].filter(Boolean).join(' ')}</div>`,
    'text/plain': `${label ? `${label}: ` : ''}${facts}`,
  };
}

/** Time taken at the end, time left before that once there is something to judge by. */
function time({ done, total, elapsedMilliseconds, ended }: ProgressState): string {
  if (ended) return duration(elapsedMilliseconds);
  if (done === 0 || elapsedMilliseconds < 500) return '';
  return `${duration((elapsedMilliseconds / done) * (total - done))} left`;
}
