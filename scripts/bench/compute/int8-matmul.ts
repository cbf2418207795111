import { type Int8Kernels, int8Kernels, int8Shape } from '../../../lib/tensor/native-int8.ts';
import type { Contender } from '../peers/interleave.ts';
import { type Row, timed, type Ways } from './row.ts';

const side = 512;
const bytes = (seed: number): Int8Array => Int8Array.from({ length: side * side }, (_, i) => ((i * 7919 + seed * 104729) % 255) - 127);

/** Signed bytes times signed bytes to 32-bit sums, the weights packed before; each rung, and the best one with packing counted and with requantizing. */
export default {
  title: 'matmul 512³, s8 · s8 -> s32',
  operations: 2 * side ** 3,
  unit: 'GOP/s',
  peaks: ['vnni512'],
  slow: ['reference', 'blocked'],
  async ours() {
    const kernels = int8Kernels();
    if (!kernels) return 'the compute kernels are not built';
    return ways(kernels);
  },
  peers: ({ python }) => ({
    'ONNX Runtime MatMulInteger u8 · s8': () => python.measure('onnx/matmul-u8s8'),
    'ONNX Runtime MatMulInteger s8 · s8': () => python.measure('onnx/matmul-s8s8'),
  }),
} satisfies Row;

function ways({ int8Matmul, int8MatmulPack }: Int8Kernels): Ways {
  const [a, b, packed] = [bytes(1), bytes(2), new Int8Array(side * side)];
  const [y, sums] = [new Int8Array(side * side), new Uint8Array(4 * side * side)];
  const one = { threads: 1 };
  const fields = { m: side, k: side, n: side, isSigned: 1, zero: 0, outputZero: 0, low: -128, high: 127 };
  const [toSums, toBytes] = [int8Shape.matmul({ ...fields, isSums: 1 }), int8Shape.matmul({ ...fields, isSums: 0 })];
  const channel = Int32Array.from({ length: 4 * side }, (_, i) => [0, 2 ** 30 + i, 0, 11][Math.floor(i / side)] as number);
  const pack = (): void => int8MatmulPack(int8Shape.matmulPack({ k: side, n: side }), b, packed, one);
  pack();
  const rungs = int8Matmul.rungs.filter(({ available }) => available).map(({ name }) => name);
  const run = (rung: string): Contender => timed(() => int8Matmul(toSums, a, packed, undefined, sums, { threads: 1, rung }));
  return {
    ...Object.fromEntries(rungs.slice(0, -1).map(rung => [rung, run(rung)])),
    'ours, weights packed in each run': timed(() => {
      pack();
      int8Matmul(toSums, a, packed, undefined, sums, one);
    }),
    'ours, requantized to bytes': timed(() => int8Matmul(toBytes, a, packed, channel, y, one)),
    ours: run(rungs.at(-1) as string),
  };
}
