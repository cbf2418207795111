import type { OpName } from '../../model/ops/index.ts';
import type { PoolAttributes } from '../../model/pooling.ts';
import { bordersOf } from '../../model/window.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { hardSwishEntries } from '../hard-swish-entries.ts';
import { realTable, sigmoid32 } from '../real-table.ts';
import { assertAccumulator, reachOf } from './accumulator.ts';
import { lookup, lowerAdd, lowerConcat, lowerMul, table } from './elementwise.ts';
import { refuseLowering } from './grid.ts';
import { lowerConv2d, lowerConv2dTranspose, lowerDense, lowerDepthwiseConv2d } from './layers.ts';
import { lowerMatmul } from './matmul.ts';
import { type Lowered, type Lowering, type LowerRule, requantization, requantize } from './rule.ts';
import { lowerSoftmax, lowerWide } from './softmax.ts';

const only = ({ inputs }: Lowering): Lowered => inputs[0] as Lowered;

const pool = (op: 'average-pool' | 'max-pool'): LowerRule => ({
  grid: 'keeps',
  lower(lowering) {
    const { node, output } = lowering;
    const { kernelSize, strides, padding } = node.attributes as PoolAttributes;
    const [[top], [left]] = bordersOf(only(lowering).shape.slice(1), { kernelSize, strides, padding });
    const { low, high } = output.grid;
    lowering.step(op, { inputs: [only(lowering).tensor], output }, { window: kernelSize, strides, padding: [top, left], low, high });
  },
});

const view: LowerRule = {
  grid: 'keeps',
  lower: lowering => lowering.step('reshape', { inputs: [only(lowering).tensor], output: lowering.output }, {}),
};

/** A value that is stored already, on another grid. */
const moves: LowerRule = { grid: 'computes', lower: lowering => requantize(lowering, only(lowering), lowering.output) };

const transpose: LowerRule = {
  grid: 'keeps',
  lower(lowering) {
    const { permutation } = lowering.node.attributes as { permutation: readonly number[] };
    lowering.step(
      'transpose',
      { inputs: [only(lowering).tensor], output: lowering.output },
      { permutation: [0, ...permutation.map(axis => axis + 1)] },
    );
  },
};

const pad: LowerRule = {
  grid: 'keeps',
  lower(lowering) {
    const { sides, mode } = lowering.node.attributes as { sides: readonly number[]; mode: string };
    if (mode !== 'zero') refuseLowering(lowering.node, `its border is of mode ${mode}.`, "Integer programs pad with zeros: mode 'zero'.");
    const [top = 0, bottom = 0, left = 0, right = 0] = sides;
    const paddings = [0, 0, top, bottom, left, right, 0, 0];
    lowering.step('pad', { inputs: [only(lowering).tensor], output: lowering.output }, { paddings, value: lowering.output.grid.zeroPoint });
  },
};

/** The mean over height and width. */
const globalAveragePool: LowerRule = {
  grid: 'computes',
  lower(lowering) {
    const { grid, tensor, shape } = only(lowering);
    const { output } = lowering;
    const factor = requantization([grid.scale / output.grid.scale], output.grid);
    assertAccumulator(lowering.node, [sizeOf(shape.slice(1, 3)) * reachOf(grid)], factor);
    lowering.step('mean', { inputs: [tensor], output }, { axes: [1, 2], inputZeroPoint: grid.zeroPoint, ...factor });
  },
};

const relu6 = (x: number): number => Math.min(6, Math.max(0, x));
const hardSwish = (x: number): number => (x * relu6(x + 3)) / 6;

/** How each op of a model becomes integers. */
export const rules: Readonly<Record<OpName, LowerRule | 'refused'>> = {
  input: { grid: 'computes', lower: () => undefined },
  'fake-quantize': moves,
  relu: moves,
  relu6: moves,
  conv2d: lowerConv2d,
  'depthwise-conv2d': lowerDepthwiseConv2d,
  dense: lowerDense,
  'conv2d-transpose': lowerConv2dTranspose,
  add: lowerAdd,
  mul: lowerMul,
  concat: lowerConcat,
  matmul: lowerMatmul,
  softmax: lowerSoftmax,
  'max-pool': pool('max-pool'),
  'average-pool': pool('average-pool'),
  'global-average-pool': globalAveragePool,
  reshape: view,
  flatten: view,
  transpose,
  pad,
  sigmoid: lowerWide('sigmoid', lookup(sigmoid32)),
  tanh: lowerWide('tanh', lookup(Math.tanh)),
  swish: lookup(x => x * sigmoid32(x)),
  'hard-swish': table((x, y) => hardSwishEntries(x, y) ?? realTable(hardSwish, x, y)),
  'leaky-relu': lookup((x, { slope }) => (x < 0 ? x * (slope as number) : x)),
  'batch-norm': 'refused',
  'layer-norm': 'refused',
  embedding: 'refused',
  scale: 'refused',
  sign: 'refused',
};
