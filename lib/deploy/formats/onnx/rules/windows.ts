import type { MeanStep } from '../../../integer/mean.ts';
import type { PoolStep } from '../../../integer/pool.ts';
import type { ProgramTensor } from '../../../program.ts';
import { axisIn, inverse, orderOf } from '../layout.ts';
import { refuseOnnx } from '../refuse.ts';
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

export const mean: OnnxRule = {
  write(step) {
    const { axes } = step.attributes as unknown as MeanStep;
    const { shape } = step.inputs[0] as ProgramTensor;
    const keeps = step.output.shape.length === shape.length;
    if (shape.length === 4 && !keeps && !(axes.length === 2 && axes.includes(1) && axes.includes(2)))
      refuseOnnx(`${step.output.name} is a mean of an image over axes [${axes}].`, 'Take it over height and width, or keep the axes.');
    const places = BigInt64Array.from(axes, axis => BigInt(axisIn(shape, axis)));
    const attributes = { keepdims: keeps ? 1 : 0 };
    step.store(
      step.node({ part: 'mean', op: 'ReduceMean' }, [step.real(0), step.numbers('axes', { type: 'int64', data: places })], attributes),
    );
  },
  read({ inputs, numbers }) {
    const order = orderOf((inputs[0] as ProgramTensor).shape);
    return { axes: numbers('axes').map(place => order[place] ?? -1) };
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
