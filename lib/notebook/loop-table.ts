import type { ColumnTable } from 'arquero';
import type { MeasuredLoop } from '../loops/measure/measure.ts';
import { percent } from './format.ts';
import { type TableOptions, table } from './table.ts';

const digits = (value: number, places: number): number => Number(value.toPrecision(places));

/**
 * What `loops.measure` found, a row a loop: the fastest call and the spread of all, 10^9 operations a second, how many times as fast as the first, and the shares of
 * what WebAssembly's vectors and native code reach on this machine.
 * @example
 * loopTable([{ name: 'naive', minMs: 4, medianMs: 4.2, spreadMs: 0.1, calls: 9, gops: 1.7, ratio: 1, ofWasm: 0.027, ofNative: 0.007 }]).numRows(); // → 1
 * @throws LabError `table/empty` without a row.
 */
export function loopTable(rows: readonly MeasuredLoop[], options: TableOptions = {}): ColumnTable {
  return table(
    rows.map(({ name, minMs, spreadMs, gops, ratio, ofWasm, ofNative }) => ({
      name,
      ms: digits(minMs, 4),
      '± ms': digits(spreadMs, 2),
      'G/s': digits(gops, 3),
      '× first': digits(ratio, 3),
      'of WASM': percent(ofWasm),
      'of native': percent(ofNative),
    })),
    options,
  );
}
