import { type Granularity, tiled } from './granularity.ts';

/** Every weight for itself (unstructured pruning): any shape → tiles of 1. Han et al. 2015. */
export function fineGrained(): Granularity {
  return tiled('fine-grained', shape => shape.map(() => 1));
}
