import { bar } from './bar.ts';
import { heatmap } from './heatmap.ts';
import { histogram } from './histogram.ts';
import { line } from './line.ts';
import { patches } from './patches.ts';
import { roofline } from './roofline.ts';
import { scatter } from './scatter.ts';

/** Figures by kind. Each returns plain data that a notebook shows; no figure draws anything by itself. */
export const plot: {
  readonly line: typeof line;
  readonly bar: typeof bar;
  readonly histogram: typeof histogram;
  readonly heatmap: typeof heatmap;
  readonly scatter: typeof scatter;
  readonly roofline: typeof roofline;
  readonly patches: typeof patches;
} = Object.freeze({ line, bar, histogram, heatmap, scatter, roofline, patches });
