import { randomUUID } from 'node:crypto';
import { displaySymbol, kernelHost, type MimeBundle } from '../tensor/host.ts';
import type { Figure } from './figure.ts';
import { throttled } from './throttle.ts';

/** Something on the page that changes in place. */
export interface Live<T> {
  /** What was given last, whether it has been drawn already or not. */
  readonly value: T;
  /** Replaces it; drawn at most ten times a second, the last one always. */
  update(next: T): void;
  /** Draws what is still to be drawn. */
  flush(): void;
}

/** An object that shows itself. */
export interface Displayable {
  /** What a notebook shows, by media type. */
  readonly [displaySymbol]: () => MimeBundle;
}

/** Shows `first` and keeps it up to date in one output. Outside a notebook it only keeps the value. */
export function live<T extends Displayable>(first: T): Live<T> {
  const host = kernelHost();
  // Unique beyond this kernel: the page may still hold outputs of the one before.
  const id = `tinylab-${randomUUID()}`;
  let value = first;
  let shown = false;
  const draw = throttled(() => {
    host?.display(value[displaySymbol](), { id, update: shown });
    shown = true;
  });
  draw();
  return {
    get value() {
      return value;
    },
    update(next) {
      value = next;
      draw();
    },
    flush: draw.flush,
  };
}

/**
 * A figure that changes in place: call `update` with a new figure as often as you like, at most ten are drawn a second; `flush` draws the last.
 * Zoom and hidden series survive an update. Outside a notebook nothing is shown.
 * @example
 * const picture = liveFigure(plot.line([1]));
 * picture.update(plot.line([1, 4]));
 * picture.flush();
 */
export function liveFigure(first: Figure): Live<Figure> {
  return live(first);
}
