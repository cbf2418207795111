import { codebook } from '../../../model/quantization/codebook.ts';
import { type NumberFormatName, numberFormat } from '../../../model/quantization/number-formats.ts';
import type { Interval } from '../interval.ts';
import type { Format } from './format.ts';

/** The numbers of a number format, times one unit for each tile, or as they are. Their code book takes no storage. */
export function formatOfNumbers(name: NumberFormatName, unitOf: ((interval: Interval) => number) | undefined): Format {
  const { bits, entries, encode } = numberFormat(name);
  const codes = entries.data;
  return Object.freeze({
    name,
    bits,
    symmetric: true,
    low: 0,
    high: 2 ** bits - 1,
    encode,
    snap(interval: Interval) {
      const unit = unitOf ? unitOf(interval) : 1;
      return (x: number) => unit * (codes[encode(x / unit)] as number);
    },
    quantization: (intervals, { shape, tile }) =>
      codebook({ shape, bits, tile, entries: name, ...(unitOf && { scale: intervals.map(unitOf) }) }),
  } satisfies Format);
}
