import { eie } from '../../../sparse/eie.ts';
import { kernelMatrix, type SparseFormat, sparseBytes } from '../../../sparse/format.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { shareOf } from '../../../tensor/share.ts';

/** A limit on the size of a network's weights. */
export interface Budget {
  /** What messages call it. */
  readonly name: string;
  /** What a weight array costs, its zeros being what is pruned. */
  cost(weight: NDArray): number;
  /** What all of these may cost together. */
  limit(weights: readonly NDArray[]): number;
}

/** At most this share of the weights may differ from 0: ‖W‖₀ ≤ ⌊share · n⌋. Cost: the number of weights kept. */
export function weightsKept(share: number): Budget {
  if (!(share >= 0 && share <= 1))
    throw new LabError(
      'prune/budget',
      `The share of weights that stay lies between 0 and 1; got ${share}.`,
      'A quarter of the weights is 0.25.',
    );
  return Object.freeze({
    name: `${share} of the weights`,
    cost: ({ data }: NDArray) => {
      let kept = 0;
      for (let i = 0; i < data.length; i++) kept += Number(data[i] !== 0);
      return kept;
    },
    limit: (weights: readonly NDArray[]) =>
      Math.floor(
        shareOf(
          share,
          weights.reduce((sum, { data }) => sum + data.length, 0),
        ),
      ),
  });
}

/**
 * At most this many bytes for the weights, each stored in a sparse format, indices included, or dense where that is smaller. Defaults: EIE's
 * format (a 4-bit index for each value) and values of 32 bits.
 */
export function storageBytes(bytes: number, options: { readonly format?: SparseFormat; readonly valueBits?: number } = {}): Budget {
  if (!(bytes >= 0))
    throw new LabError('prune/budget', `A budget in bytes is a number from 0; got ${bytes}.`, 'Give the bytes of all weights.');
  const { format = eie as SparseFormat, valueBits = 32 } = options;
  return Object.freeze({
    name: `${bytes} bytes as ${format.name}`,
    cost: (weight: NDArray) =>
      Math.min(sparseBytes(format.encode(kernelMatrix(weight)), { valueBits }), Math.ceil((weight.data.length * valueBits) / 8)),
    limit: () => bytes,
  });
}
