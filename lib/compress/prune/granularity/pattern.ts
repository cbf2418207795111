import type { KernelPattern } from '../../../sparse/kernel-pattern.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { assertWeight } from '../weights.ts';
import { assertFixedSparsity } from './fixed-sparsity.ts';
import type { Granularity } from './granularity.ts';

/** A dictionary of `count` patterns that keep `entries` positions each. */
export interface PatternOptions {
  /** Default 4: what four-wide SIMD takes at once. */
  readonly entries?: number;
  /** Default 8. */
  readonly count?: number;
}

/** Kernels of [kh, kw, in, out]: position p of kernel k (k = in · outputs + out) stands at p · kernels + k. */
function kernelsOf({ shape }: NDArray): { readonly positions: number; readonly kernels: number } {
  if (shape.length === 4)
    return { positions: (shape[0] as number) * (shape[1] as number), kernels: (shape[2] as number) * (shape[3] as number) };
  throw new LabError(
    'prune/pattern',
    `A pattern lies in kernels [kh, kw, in, out]; got shape [${shape.join(', ')}].`,
    'Prune convolutions only.',
  );
}

/** The pattern of a kernel's `entries` highest scores; of equal scores the lower position goes first. */
function naturalPattern(scores: readonly number[], entries: number): KernelPattern {
  const order = scores.map((_, position) => position).sort((a, b) => (scores[b] as number) - (scores[a] as number) || b - a);
  const kept = new Set(order.slice(0, entries));
  return scores.map((_, position) => Number(kept.has(position)));
}

function kernelScores({ data }: NDArray, kernel: number, { positions, kernels }: ReturnType<typeof kernelsOf>): number[] {
  return Array.from({ length: positions }, (_, position) => Math.abs(data[position * kernels + kernel] as number));
}

/**
 * The dictionary of a weight [kh, kw, in, out]: the patterns that its kernels take most often when each keeps its `entries` largest |w|
 * (natural patterns), most frequent first; equally frequent ones in the order in which they come. At most `count`, fewer if there are no more.
 * Source: Niu et al. 2020, PatDNN, §4.1.
 * @throws LabError `prune/pattern` unless 1 ≤ entries ≤ kh · kw and count ≥ 1, `prune/empty`, `prune/finite`.
 */
export function patternDictionary(weight: NDArray, { entries = 4, count = 8 }: PatternOptions = {}): readonly KernelPattern[] {
  const size = kernelsOf(weight);
  assertWeight('The weight', weight);
  if (!Number.isInteger(entries) || entries < 1 || entries > size.positions || !(count >= 1))
    throw new LabError(
      'prune/pattern',
      `A dictionary has 1 or more patterns of 1 to ${size.positions} entries; got ${count} of ${entries}.`,
      'PatDNN takes 8 patterns of 4 entries for 3 × 3 kernels.',
    );
  const found = new Map<string, { pattern: KernelPattern; times: number }>();
  for (let kernel = 0; kernel < size.kernels; kernel++) {
    const pattern = naturalPattern(kernelScores(weight, kernel, size), entries);
    const known = found.get(pattern.join('')) ?? { pattern, times: 0 };
    known.times++;
    found.set(pattern.join(''), known);
  }
  return [...found.values()]
    .sort((a, b) => b.times - a.times)
    .slice(0, count)
    .map(({ pattern }) => pattern);
}

/** For each kernel (in · outputs + out) the pattern that keeps the most Σ w²; of equal ones the first. */
export function bestPatterns(weight: NDArray, patterns: readonly KernelPattern[]): Int32Array {
  const size = kernelsOf(weight);
  if (patterns.length === 0 || patterns.some(pattern => pattern.length !== size.positions))
    throw new LabError(
      'prune/pattern',
      `A kernel of ${size.positions} positions takes patterns of as many; got lengths [${patterns.map(p => p.length).join(', ')}].`,
      'patternDictionary(weight) finds patterns that fit.',
    );
  return Int32Array.from({ length: size.kernels }, (_, kernel) => {
    const scores = kernelScores(weight, kernel, size);
    const energies = patterns.map(pattern => scores.reduce((sum, score, p) => (pattern[p] ? sum + score * score : sum), 0));
    return energies.indexOf(Math.max(...energies));
  });
}

/**
 * Mask (uint8, 1 = kept) that gives each kernel of [kh, kw, in, out] the pattern of the dictionary that keeps the most Σ w² of it.
 * Source: Niu et al. 2020, PatDNN.
 * @throws LabError `prune/pattern` when a pattern does not have kh · kw positions, `prune/empty`, `prune/finite`.
 * @example
 * const corners = [[1, 0, 0, 1], [0, 1, 1, 0]];
 * patternMask(array([2, 2, 1, 1], [1, -5, 2, 3]), { patterns: corners }).data; // → new Uint8Array([0, 1, 1, 0])
 */
export function patternMask(weight: NDArray, { patterns }: { readonly patterns: readonly KernelPattern[] }): NDArray {
  assertWeight('The weight', weight);
  const best = bestPatterns(weight, patterns);
  const mask = new Uint8Array(weight.data.length);
  for (let i = 0; i < mask.length; i++) {
    const pattern = patterns[best[i % best.length] as number] as KernelPattern;
    mask[i] = pattern[Math.floor(i / best.length)] as number;
  }
  return array(weight.shape, mask, 'uint8');
}

/**
 * Patterns as a granularity: each weight array gets the dictionary of its own scores. Sparsity is 1 - entries / (kh · kw) and nothing else; what
 * an earlier mask has pruned counts as 0 and stays pruned.
 */
export function pattern(options: PatternOptions = {}): Granularity {
  const { entries = 4, count = 8 } = options;
  return Object.freeze({
    name: `${count} patterns of ${entries}`,
    mask(scores: NDArray, { sparsity }: { readonly sparsity: number }): NDArray {
      const { positions } = kernelsOf(scores);
      assertFixedSparsity(`A pattern of ${entries} in ${positions}`, 1 - entries / positions, sparsity);
      const pruned = scores.data.map(score => Number(score === Number.NEGATIVE_INFINITY));
      const finite = array(
        scores.shape,
        Float32Array.from(scores.data, (score, i) => (pruned[i] ? 0 : score)),
      );
      const { data } = patternMask(finite, { patterns: patternDictionary(finite, options) });
      return array(
        scores.shape,
        Uint8Array.from(data, (kept, i) => (pruned[i] ? 0 : kept)),
        'uint8',
      );
    },
  });
}
