import { affine } from '../../../model/quantization/affine.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import type { Scale } from '../../../model/quantization/quantization.ts';
import { array } from '../../../tensor/array.ts';
import { roundHalfEven } from '../../../tensor/round.ts';
import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { exponentOf } from '../../../tensor/small-float.ts';
import { gridShape, perGroup, tileMap } from '../../../tensor/tiles.ts';
import { affineFormat } from '../format/affine.ts';
import type { Format } from '../format/format.ts';
import { group } from './granularity.ts';
import type { FormatAndGranularity } from './vs-quant.ts';

/** Bits of a sign and a mantissa; exponents add ½ + 8/16. */
const mantissas = { mx4: 3, mx6: 5, mx9: 8 } as const;

/** How numbers share exponents. */
export interface MicroexponentOptions {
  /** The axis along which 16 neighbours share an exponent of 8 bits, and 2 of them one bit more; default the second last. */
  readonly along?: number;
}

/**
 * Shared microexponents: r = ±m · 2^(E - τ - (M - 1)) with M bits of mantissa, an exponent E of 8 bits (E8M0) for 16 neighbours, ⌊log2 max |r|⌋, and
 * τ of one bit (E1M0) for 2 of them: 1 where both are less than 2^E. MX4, MX6 and MX9 take 4, 6 and 9 bits a number. Rouhani et al. 2023.
 * @throws LabError `shape/axis`, `shape/tile`.
 * @example
 * const quantized = quantizeWeights(mlp({ input: [64], hidden: [], classes: 10 }), microexponents('mx6'));
 * parameterBits(quantized.parameters['dense-1.kernel']); // → 640 * 6
 */
export function microexponents(name: 'mx4' | 'mx6' | 'mx9', { along = -2 }: MicroexponentOptions = {}): FormatAndGranularity {
  const bits = mantissas[name];
  const plain = affineFormat({ bits, symmetric: true });
  const format: Format = {
    ...plain,
    name,
    // of two neighbours alone: their exponent is the shared one
    snap({ low, high }) {
      const scale = 2 ** (exponentFor(Math.max(-low, high)) + 2 - bits);
      const last = plain.high;
      return x => scale * Math.min(last, Math.max(-last, roundHalfEven(x / scale)));
    },
    quantization(intervals, { shape, tile }) {
      const largest = intervals.map(({ low, high }) => Math.max(-low, high));
      const axis = shape.length === 1 ? 0 : along;
      return affine({ shape, bits, tile, scale: sharedExponents(largest, { grid: gridShape(shape, tile), axis, mantissa: bits - 1 }) });
    },
  };
  return { format: Object.freeze(format), granularity: group(2, along) };
}

/** ⌊log2 x⌋; of 0 the least exponent that there is. */
const exponentFor = (x: number): number => (x === 0 ? -127 : exponentOf(x));

interface Pairs {
  /** The grid of the pairs. */
  readonly grid: Shape;
  readonly axis: number;
  /** Bits of the mantissa. */
  readonly mantissa: number;
}

/** Scales of pairs: 1 or ½ of one bit, times a power of two of eight bits for each 8 pairs. */
function sharedExponents(largest: readonly number[], { grid, axis, mantissa }: Pairs): Scale {
  const tile = perGroup(grid, axis, 8);
  const groups = gridShape(grid, tile);
  const { rows, columns } = tileMap(grid, tile);
  const groupOf = (i: number): number => (rows[Math.floor(i / columns.length)] as number) + (columns[i % columns.length] as number);
  const exponents = new Int32Array(sizeOf(groups)).fill(-127);
  largest.forEach((x, i) => {
    exponents[groupOf(i)] = Math.max(exponents[groupOf(i)] as number, exponentFor(x));
  });
  const halves = largest.map((x, i) => (exponentFor(x) < (exponents[groupOf(i)] as number) ? 1 : 0));
  const codes = [...exponents].map(exponent => Math.max(0, Math.min(254, exponent + 1 - mantissa + 127)));
  const shared = { value: array(groups, codes, 'uint8'), quantization: codebook({ shape: groups, bits: 8, entries: 'e8m0' }) };
  return { value: array(grid, halves, 'uint8'), quantization: codebook({ shape: grid, bits: 1, tile, entries: 'e1m0', scale: shared }) };
}
