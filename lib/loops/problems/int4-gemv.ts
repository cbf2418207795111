import { LabError } from '../../tensor/errors.ts';
import { random } from '../../tensor/random.ts';
import type { LoopCall } from '../loop.ts';
import { arrayOf, bytesOfCall, type LoopProblem, type ScratchSpace, scratchArray } from './problem.ts';
import { assertSizes } from './sizes.ts';

/** Sizes of a product of a matrix of 4-bit weights and a vector. */
export interface GemvSizes {
  readonly rows: number;
  /** A multiple of 32. */
  readonly columns: number;
}

const group = 32;

/**
 * y [rows] = W [rows, columns] · x [columns] with 4-bit weights and 8-bit activations in groups of 32, as llama.cpp's Q4_0 stores them:
 * y[r] = Σ_g wScale[r, g] · xScale[g] · Σ_i (w[r, g, i] − 8) · x[g, i]. Group g of row r is 16 bytes: byte i holds weight i in its lower half and weight 16 + i in
 * its upper half. Scales are eighths of small whole numbers, so that no sum is rounded.
 * @throws LabError `loops/problem` for sizes that are no whole numbers from 1 to 4096, or columns that are no multiple of 32.
 */
export function int4Gemv({ rows, columns }: GemvSizes): LoopProblem {
  assertSizes({ rows, columns });
  if (columns % group !== 0)
    throw new LabError('loops/problem', `columns must be a multiple of ${group}; got ${columns}.`, 'Weights come in whole groups.');
  const groups = columns / group;
  const scratch: ScratchSpace = { view: 'I16s', elements: 2 * columns + 64 };
  const call = (seed: number): LoopCall => ({ function: 'gemv', args: [...arraysOf({ rows, columns }, seed), scratchArray(scratch)] });
  return {
    name: `matrix [${rows}, ${columns}] of 4 bits · vector of 8 bits`,
    signature: 'export function gemv(w: U8s, wScale: F32s, x: I8s, xScale: F32s, y: F32s, rows: i32, columns: i32): void',
    scratch,
    macs: rows * columns,
    bytes: bytesOfCall(call(0)),
    fewestProducts: 1,
    output: 'y',
    call,
    element(given, row) {
      const [w, wScale, x, xScale] = ['w', 'wScale', 'x', 'xScale'].map(name => arrayOf(given, name).data);
      let sum = 0;
      for (let g = 0; g < groups; g++) {
        let part = 0;
        for (let i = 0; i < group; i++) {
          const byte = w?.[16 * (row * groups + g) + (i % 16)] as number;
          part += ((i < 16 ? byte & 15 : byte >> 4) - 8) * (x?.[group * g + i] as number);
        }
        sum += part * (wScale?.[row * groups + g] as number) * (xScale?.[g] as number);
      }
      return sum;
    },
  };
}

function arraysOf({ rows, columns }: GemvSizes, seed: number): LoopCall['args'] {
  const draw = random(seed);
  const groups = columns / group;
  const eighths = (most: number, length: number): Float32Array => Float32Array.from({ length }, () => draw.int(1, most) / 8);
  return [
    { name: 'w', data: Uint8Array.from({ length: (rows * columns) / 2 }, () => draw.int(0, 255)), use: 'in' },
    { name: 'wScale', data: eighths(3, rows * groups), use: 'in' },
    { name: 'x', data: Int8Array.from({ length: columns }, () => draw.int(-127, 127)), use: 'in' },
    { name: 'xScale', data: eighths(3, groups), use: 'in' },
    { name: 'y', data: new Float32Array(rows), use: 'out' },
    ...[rows, columns],
  ];
}
