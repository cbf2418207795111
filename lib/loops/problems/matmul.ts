import { random } from '../../tensor/random.ts';
import type { LoopCall, LoopData } from '../loop.ts';
import { arrayOf, bytesOfCall, type LoopProblem, type ScratchSpace, scratchArray } from './problem.ts';
import { assertSizes } from './sizes.ts';
import { bytes, eighths } from './values.ts';

/** Sides of a product: C [m, n] = A [m, k] · B [k, n]. */
export interface MatmulSizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Both factors fit into the scratch array, their sides rounded up by as much. */
const room = 16;

/** A product of matrices of one kind of element. */
export function product(
  { m, n, k }: MatmulSizes,
  kind: {
    readonly view: 'F32s' | 'I8s';
    readonly sum: string;
    values(seed: number, length: number): LoopData;
    sums(length: number): LoopData;
  },
): Omit<LoopProblem, 'name'> {
  assertSizes({ m, n, k });
  const elements = (m + room) * (k + room) + (k + room) * (n + room);
  const scratch: ScratchSpace = { view: kind.view === 'F32s' ? 'F32s' : 'I16s', elements };
  const call = (seed: number): LoopCall => ({
    function: 'matmul',
    args: [
      { name: 'a', data: kind.values(2 * seed, m * k), use: 'in' },
      { name: 'b', data: kind.values(2 * seed + 1, k * n), use: 'in' },
      { name: 'c', data: kind.sums(m * n), use: 'out' },
      ...[m, n, k, scratchArray(scratch)],
    ],
  });
  return {
    signature: `export function matmul(a: ${kind.view}, b: ${kind.view}, c: ${kind.sum}, m: i32, n: i32, k: i32): void`,
    scratch,
    macs: m * n * k,
    bytes: bytesOfCall(call(0)),
    // Strassen 1969 saves an eighth each time that the sides are halved
    fewestProducts: 0.5,
    output: 'c',
    call,
    element(given, index) {
      const [a, b] = [arrayOf(given, 'a').data, arrayOf(given, 'b').data];
      const [row, column] = [Math.floor(index / n), index % n];
      let sum = 0;
      for (let p = 0; p < k; p++) sum += (a[row * k + p] as number) * (b[p * n + column] as number);
      return sum;
    },
  };
}

/**
 * C [m, n] = A [m, k] · B [k, n] in float32. Inputs are eighths between −1 and 1, so that no sum is rounded.
 * @throws LabError `loops/problem` for a size that is no whole number from 1 to 4096.
 */
export function matmul(sizes: MatmulSizes): LoopProblem {
  return {
    name: `matmul ${sizes.m} × ${sizes.n} × ${sizes.k}, float32`,
    ...product(sizes, { view: 'F32s', sum: 'F32s', values: eighths, sums: length => new Float32Array(length) }),
  };
}

/**
 * C [m, n] = A [m, k] · B [k, n] of int8 into int32.
 * @throws LabError `loops/problem` for a size that is no whole number from 1 to 4096.
 */
export function int8Matmul(sizes: MatmulSizes): LoopProblem {
  return {
    name: `matmul ${sizes.m} × ${sizes.n} × ${sizes.k}, int8`,
    ...product(sizes, { view: 'I8s', sum: 'I32s', values: bytes, sums: length => new Int32Array(length) }),
  };
}
