import { bar } from './bar.ts';
import { hits, misses } from './cache.ts';
import { heatmap } from './heatmap.ts';
import { histogram } from './histogram.ts';
import { line } from './line.ts';
import { loops } from './loops.ts';
import { memory } from './memory.ts';
import { patches } from './patches.ts';
import { roofline } from './roofline.ts';
import { scatter } from './scatter.ts';
import { trace } from './trace.ts';

/** Figures by kind. Each returns plain data that a notebook shows; no figure draws anything by itself. */
export const plot: {
  readonly line: typeof line;
  readonly bar: typeof bar;
  readonly histogram: typeof histogram;
  readonly heatmap: typeof heatmap;
  readonly scatter: typeof scatter;
  readonly roofline: typeof roofline;
  readonly patches: typeof patches;
  readonly trace: typeof trace;
  readonly misses: typeof misses;
  readonly hits: typeof hits;
  readonly loops: typeof loops;
  readonly memory: typeof memory;
} = Object.freeze({ line, bar, histogram, heatmap, scatter, roofline, patches, trace, misses, hits, loops, memory });
