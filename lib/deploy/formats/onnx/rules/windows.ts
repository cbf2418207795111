import type { MeanStep } from '../../../integer/mean.ts';
import type { PoolStep } from '../../../integer/pool.ts';
import type { ProgramTensor } from '../../../program.ts';
import { axisIn, inverse, orderOf } from '../layout.ts';
import type { StepWriter } from '../step-writer.ts';
import type { OnnxRule } from './rule.ts';

function pool(opType: 'AveragePool' | 'MaxPool'): OnnxRule {
  const window = ({ attributes, inputs, output }: StepWriter) => {
    const { window: kernel, strides, padding } = attributes as PoolStep;
    const after = padding.map((before, a) =>
      Math.max(
        0,
        ((output.shape[a + 1] as number) - 1) * (strides[a] as number) +
          (kernel[a] as number) -
          before -
          (inputs[0]?.shape[a + 1] as number),
      ),
    );
    return { kernel_shape: kernel, strides, pads: [...padding, ...after] };
  };
  return {
    write(step) {
      if (opType === 'MaxPool') step.clamped(step.node({ part: 'pool', op: opType }, [step.value(0)], window(step)));
      else step.store(step.node({ part: 'pool', op: opType }, [step.real(0)], { ...window(step), count_include_pad: 0 }));
    },
    read(step) {
      const [top = 0, left = 0] = step.ints('pool', 'pads');
      return { window: step.ints('pool', 'kernel_shape'), strides: step.ints('pool', 'strides'), padding: [top, left] };
    },
  };
}

export const averagePool: OnnxRule = pool('AveragePool');

/** Integers of one grid keep their order, so that the largest of them is the largest. */
export const maxPool: OnnxRule = pool('MaxPool');

/** Whether an image loses other axes than height and width, so that those that stay are in the program's order only. */
const turns = ({ inputs, output, attributes }: StepWriter): boolean => {
  const { axes } = attributes as unknown as MeanStep;
  const { shape } = inputs[0] as ProgramTensor;
  return shape.length === 4 && output.shape.length < 4 && !(axes.length === 2 && axes.includes(1) && axes.includes(2));
};

export const mean: OnnxRule = {
  write(step) {
    const { axes } = step.attributes as unknown as MeanStep;
    const { shape } = step.inputs[0] as ProgramTensor;
    const turned = turns(step);
    const real = step.real(0);
    const x = turned ? step.node({ part: 'nhwc', op: 'Transpose' }, [real], { perm: inverse(orderOf(shape)) }) : real;
    const places = BigInt64Array.from(axes, axis => BigInt(turned ? axis : axisIn(shape, axis)));
    const attributes = { keepdims: step.output.shape.length === shape.length ? 1 : 0 };
    step.store(step.node({ part: 'mean', op: 'ReduceMean' }, [x, step.numbers('axes', { type: 'int64', data: places })], attributes));
  },
  read({ inputs, numbers, nodes }) {
    const order = orderOf((inputs[0] as ProgramTensor).shape);
    return { axes: numbers('axes').map(place => (nodes.has('nhwc') ? place : (order[place] ?? -1))) };
  },
};

export const softmax: OnnxRule = {
  write(step) {
    const { shape } = step.inputs[0] as ProgramTensor;
    step.store(step.node({ part: 'softmax', op: 'Softmax' }, [step.real(0)], { axis: axisIn(shape, shape.length - 1) }));
  },
  read: () => ({}),
};

/** Matrices lie as the program has them: images are turned before and after. */
export const matmul: OnnxRule = {
  write(step) {
    const { transposeA, transposeB } = step.attributes as { transposeA: boolean; transposeB: boolean };
    const side = (i: 0 | 1, turned: boolean): string => {
      const { shape } = step.inputs[i] as ProgramTensor;
      const own = inverse(orderOf(shape));
      const perm = turned ? [...own.slice(0, -2), own.at(-1) as number, own.at(-2) as number] : own;
      return perm.every((axis, a) => axis === a)
        ? step.value(i)
        : step.node({ part: `${turned ? 'turned' : 'rows'}-${i}`, op: 'Transpose' }, [step.value(i)], { perm });
    };
    const [a, b] = [side(0, transposeA), side(1, transposeB)];
    const product =
      step.form === 'qlinear'
        ? step.clamped(
            step.node({ part: 'product', op: 'QLinearMatMul' }, [a, ...step.grid(0), b, ...step.grid(1), ...step.grid('output')]),
          )
        : step.store(step.node({ part: 'product', op: 'MatMul' }, [step.real(0, { name: a }), step.real(1, { name: b })]));
    if (step.output.shape.length === 4) step.node({ part: 'nchw', op: 'Transpose' }, [product], { perm: orderOf(step.output.shape) });
  },
  read: ({ nodes }) => ({ transposeA: nodes.has('turned-0'), transposeB: nodes.has('turned-1') }),
};
