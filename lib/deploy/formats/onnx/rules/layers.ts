import type { Attributes } from '../../../../model/model.ts';
import { type Shape, sizeOf } from '../../../../tensor/shape.ts';
import { factors } from '../../../factors.ts';
import type { Conv2dStep } from '../../../integer/conv2d.ts';
import type { ProgramTensor } from '../../../program.ts';
import type { NodeAttributes } from '../graph.ts';
import { inverse, type Order, rearranged } from '../layout.ts';
import { quantizationOf } from '../meaning.ts';
import { refuseOnnx } from '../refuse.ts';
import type { StepWriter } from '../step-writer.ts';
import type { OnnxRule, StepReader } from './rule.ts';

/** [out, h, w, in] → [out, in, h, w]. */
const outFirst: Order = [0, 3, 1, 2];
/** [1, h, w, out] → [out, 1, h, w]. */
const ofDepthwise: Order = [3, 0, 1, 2];
/** [out, h, w, in] → [in, out, h, w]. */
const ofTransposed: Order = [3, 0, 1, 2];

type Sliding = Pick<Conv2dStep, 'strides' | 'dilations' | 'padding'>;

const shapeOf = (tensor: ProgramTensor | undefined): Shape => tensor?.shape ?? [];

/** Scales a channel lie along the first axis of what we write, or along the second of a transposed kernel. */
const axisOf = (tensor: ProgramTensor | undefined, axis: number): { axis?: number } =>
  tensor?.quantization?.axis === undefined ? {} : { axis };

const biasOf = ({ inputs, value }: StepWriter): readonly string[] => (inputs[2] ? [value(2)] : []);

/** Dense layers that round once are called so: to ONNX it is the same. */
const partOf = ({ attributes }: StepWriter): string => (attributes.factor ? 'layer-once' : 'layer');

/** A layer on real numbers between the two quantizations. */
function real(
  step: StepWriter,
  opType: string,
  { x, weight, axis, attributes }: { x: string; weight: string; axis: number; attributes: NodeAttributes },
): string {
  const reals = [step.real(0, { name: x }), step.real(1, { name: weight, ...axisOf(step.inputs[1], axis) })];
  if (step.inputs[2]) reals.push(step.real(2, { name: step.value(2), ...axisOf(step.inputs[2], 0) }));
  return step.store(step.node({ part: partOf(step), op: opType }, reals, attributes));
}

/** A layer on integers. */
function linear(step: StepWriter, { x, weight, attributes }: { x: string; weight: string; attributes: NodeAttributes }): string {
  const inputs = [x, ...step.grid(0), weight, ...step.grid(1), ...step.grid('output'), ...biasOf(step)];
  return step.clamped(step.node({ part: partOf(step), op: 'QLinearConv' }, inputs, attributes));
}

/** Borders before and after; a window that does not reach the end of the image has none there. */
function pads({ attributes, inputs, output }: StepWriter, kernel: readonly number[]): readonly number[] {
  const { strides, dilations, padding } = attributes as unknown as Sliding;
  const after = padding.map((before, a) => {
    const needed =
      ((output.shape[a + 1] as number) - 1) * (strides[a] as number) + (dilations[a] as number) * ((kernel[a] as number) - 1) + 1;
    return Math.max(0, needed - before - (shapeOf(inputs[0])[a + 1] as number));
  });
  return [...padding, ...after];
}

const geometry = (step: StepReader): Sliding => {
  const [top = 0, left = 0] = step.ints('layer', 'pads');
  return {
    strides: step.ints('layer', 'strides') as [number, number],
    dilations: step.ints('layer', 'dilations') as [number, number],
    padding: [top, left],
  };
};

function slides(order: Order, kernelAxes: readonly [number, number], groups: (step: StepWriter) => number): OnnxRule {
  return {
    write(step) {
      const { strides, dilations } = step.attributes as unknown as Sliding;
      const kernel = kernelAxes.map(a => shapeOf(step.inputs[1])[a] as number);
      const weight = step.weight(1, constant => rearranged(constant, order));
      const attributes = { kernel_shape: kernel, strides, dilations, pads: pads(step, kernel), group: groups(step) };
      if (step.form === 'qlinear') linear(step, { x: step.value(0), weight, attributes });
      else real(step, 'Conv', { x: step.value(0), weight, axis: 0, attributes });
    },
    read: geometry,
    restore: (i, constant) => (i === 1 ? rearranged(constant, inverse(order)) : undefined),
  };
}

/** Conv or QLinearConv; a kernel [out, h, w, in] lies as [out, in, h, w]. */
export const conv2d: OnnxRule = slides(outFirst, [1, 2], ({ inputs: [x, w] }) => (shapeOf(x)[3] as number) / (shapeOf(w)[3] as number));

/** A convolution of as many groups as the image has channels; a kernel [1, h, w, out] lies as [out, 1, h, w]. */
export const depthwiseConv2d: OnnxRule = slides(ofDepthwise, [1, 2], ({ inputs: [x] }) => shapeOf(x)[3] as number);

/** There is no transposed convolution on integers: both forms have it on real ones. */
export const conv2dTranspose: OnnxRule = {
  write(step) {
    const { strides, dilations, padding } = step.attributes as unknown as Sliding;
    const kernel = shapeOf(step.inputs[1]).slice(1, 3);
    const cut = padding.map((before, a) => {
      const [from, to] = [shapeOf(step.inputs[0])[a + 1] as number, step.output.shape[a + 1] as number];
      return (from - 1) * (strides[a] as number) + (dilations[a] as number) * ((kernel[a] as number) - 1) + 1 - to - before;
    });
    real(step, 'ConvTranspose', {
      x: step.value(0),
      weight: step.weight(1, constant => rearranged(constant, ofTransposed)),
      axis: 1,
      attributes: {
        kernel_shape: kernel,
        strides,
        dilations,
        pads: [...padding, ...cut.map(after => Math.max(0, after))],
        output_padding: cut.map(after => Math.max(0, -after)),
      },
    });
  },
  read: geometry,
  restore: (i, constant) => (i === 1 ? rearranged(constant, inverse(ofTransposed)) : undefined),
};

/** Rows of a value: its axes in the program's order, all but the last one together. `tail` are the axes behind the row's. */
function rows(step: StepWriter, tail: readonly number[]): string {
  const { shape } = step.inputs[0] as ProgramTensor;
  const x = shape.length === 4 ? step.node({ part: 'nhwc', op: 'Transpose' }, [step.value(0)], { perm: [0, 2, 3, 1] }) : step.value(0);
  const deep = shapeOf(step.inputs[1])[1] as number;
  if (shape.length === 2 && !tail.length && shape[1] === deep) return x;
  return step.node({ part: 'rows', op: 'Reshape' }, [
    x,
    step.numbers('row-shape', { type: 'int64', data: BigInt64Array.from([-1, deep, ...tail], BigInt) }),
  ]);
}

/** Rows as the output has them. */
function unrolled(step: StepWriter, stored: string, tail: readonly number[]): void {
  const { shape } = step.output;
  if (shape.length === 2 && !tail.length) return;
  const sizes = BigInt64Array.from([-1, ...shape.slice(1)], BigInt);
  const y = step.node({ part: 'unrolled', op: 'Reshape' }, [stored, step.numbers('shape', { type: 'int64', data: sizes })]);
  if (shape.length === 4) step.node({ part: 'nchw', op: 'Transpose' }, [y], { perm: [0, 3, 1, 2] });
}

/**
 * A Gemm on real numbers; on integers a convolution of images of one place, since QLinearMatMul takes no bias.
 */
export const dense: OnnxRule = {
  write(step) {
    const [out = 0, deep = 0] = shapeOf(step.inputs[1]);
    if (sizeOf(step.output.shape) % out !== 0) refuseOnnx(`${step.output.name} is no list of rows of ${out}.`);
    if (step.form === 'qlinear') {
      const weight = step.weight(1, constant => ({ ...constant, shape: [out, deep, 1, 1] }));
      const attributes = { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 };
      return unrolled(step, linear(step, { x: rows(step, [1, 1]), weight, attributes }), [1, 1]);
    }
    const weight = step.weight(1, constant => constant);
    unrolled(step, real(step, 'Gemm', { x: rows(step, []), weight, axis: 0, attributes: { transB: 1 } }), []);
  },
  read({ inputs: [x, weight], output, nodes }): Attributes {
    if (!nodes.has('layer-once')) return {};
    const [from] = quantizationOf(x).scale as [number];
    const [to] = quantizationOf(output).scale as [number];
    return { factor: quantizationOf(weight).scale.map(scale => factors.perChannel(from, scale, to)) };
  },
  restore: (i, constant) => (i === 1 ? { ...constant, shape: constant.shape.slice(0, 2) } : undefined),
};
