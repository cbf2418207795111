import type { Attributes } from '../../model/model.ts';
import type { IntegerOpName } from '../integer/index.ts';
import type { ProgramTensor, Step } from '../program.ts';
import { computedSpan, paddingLeft, type Region, readSpan, type Slide, wholeOf } from './region.ts';

/** A step with its tensors. */
export interface Layer {
  readonly step: Step;
  /** Undefined where one is left out. */
  readonly inputs: readonly (ProgramTensor | undefined)[];
  readonly output: ProgramTensor;
}

/** What a step needs so that a part of its output is there: the part that it computes, which may be larger, and what it reads for that. */
export interface Reach {
  readonly computed: Region;
  /** Of each input; undefined for one that is read whole: weights, biases, tables. */
  readonly reads: readonly (Region | undefined)[];
  /** The attributes with which the step computes that part of that. */
  readonly attributes: Attributes;
}

/** How far a step reaches back. */
export type ReachOf = (layer: Layer, wanted: Region) => Reach;

const both = <T>(of: (axis: 0 | 1) => T): readonly [T, T] => [of(0), of(1)];

/** Convolutions and pools: the halo, clipped at the image's border. */
const slides =
  (kernelOf: (layer: Layer) => readonly [number, number]): ReachOf =>
  (layer, wanted) => {
    const { attributes } = layer.step;
    const {
      strides,
      dilations = [1, 1],
      padding,
    } = attributes as unknown as Record<string, readonly [number, number]> & {
      readonly [key in 'strides' | 'padding']: readonly [number, number];
    };
    const kernel = kernelOf(layer);
    const slide = both(
      (axis): Slide => ({
        window: (kernel[axis] - 1) * dilations[axis] + 1,
        stride: strides[axis],
        before: padding[axis],
        length: layer.inputs[0]?.shape[axis + 1] as number,
      }),
    );
    const computed = both(axis => computedSpan(wanted[axis], slide[axis]));
    const read = both(axis => readSpan(computed[axis], slide[axis]));
    return {
      computed,
      reads: layer.inputs.map((_, i) => (i === 0 ? read : undefined)),
      attributes: { ...attributes, padding: both(axis => paddingLeft(computed[axis], read[axis][0], slide[axis])) },
    };
  };

/** Each element by itself: the same part of every input that is an image; axes of length 1 are stretched, so they are read whole. */
const elementwise: ReachOf = ({ step, inputs, output }, wanted) => ({
  computed: wanted,
  reads: inputs.map(input => {
    if (input?.shape.length !== 4) return undefined;
    const whole = wholeOf(input.shape);
    return both(axis => (input.shape[axis + 1] === output.shape[axis + 1] ? wanted[axis] : whole[axis]));
  }),
  attributes: step.attributes,
});

/** A border around an image, which a part sees where it lies at the border: at least one place of the image with it. */
const pad: ReachOf = ({ step, inputs }, wanted) => {
  const { paddings } = step.attributes as unknown as { readonly paddings: readonly number[] };
  const shape = (inputs[0] as ProgramTensor).shape;
  const sides = both(axis => {
    const [before, length] = [paddings[2 * axis + 2] as number, shape[axis + 1] as number];
    const computed = [Math.min(wanted[axis][0], before + length - 1), Math.max(wanted[axis][1], before + 1)] as const;
    const read = [Math.max(0, computed[0] - before), Math.min(length, computed[1] - before)] as const;
    return { computed, read, border: [Math.max(0, before - computed[0]), Math.max(0, computed[1] - before - length)] };
  });
  return {
    computed: both(axis => sides[axis].computed),
    reads: [both(axis => sides[axis].read)],
    attributes: { ...step.attributes, paddings: [...paddings.slice(0, 2), ...sides[0].border, ...sides[1].border, ...paddings.slice(6)] },
  };
};

const window = ({ step }: Layer): readonly [number, number] => step.attributes.window as readonly [number, number];
const kernel = ({ inputs }: Layer): readonly [number, number] => inputs[1]?.shape.slice(1, 3) as unknown as readonly [number, number];

/** The ops that a stage of patches may have: those whose outputs depend on places around them only. */
export const reaches: Readonly<Partial<Record<IntegerOpName, ReachOf>>> = {
  conv2d: slides(kernel),
  'depthwise-conv2d': slides(kernel),
  'average-pool': slides(window),
  'max-pool': slides(window),
  pad,
  add: elementwise,
  subtract: elementwise,
  multiply: elementwise,
  minimum: elementwise,
  maximum: elementwise,
  lookup: elementwise,
  requantize: elementwise,
  quantize: elementwise,
  dequantize: elementwise,
  sigmoid: elementwise,
  tanh: elementwise,
};
