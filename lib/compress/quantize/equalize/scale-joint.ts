import { eachWeight } from '../../../model/channels/along-axis.ts';
import type { ChannelAxis } from '../../../model/channels/groups.ts';
import { type Model, type Parameter, withParameters } from '../../../model/model.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { firstNotFinite } from '../../../tensor/finite.ts';
import type { Shape } from '../../../tensor/shape.ts';
import type { Joint } from './joints.ts';

/** Weights in double precision while factors are looked for, by parameter name. */
export type Copies = ReadonlyMap<string, { readonly shape: Shape; readonly data: Float64Array }>;

/**
 * Copies of everything that the joints touch.
 * @throws LabError `quantize/equalize` for a parameter that is quantized, `quantize/finite` for one with NaN or an infinity.
 */
export function copiesOf(model: Model, joints: readonly Joint[]): Copies {
  const names = new Set(joints.flatMap(({ makers, readers }) => [...makers, ...readers].map(({ parameter }) => parameter)));
  return new Map(
    [...names].map(name => {
      const { value, quantization } = model.parameters[name] as Parameter;
      if (quantization || value.dtype !== 'float32')
        throw new LabError(
          'quantize/equalize',
          `Parameter ${name} is quantized; factors would move it off its grid.`,
          'Equalize first, then quantize.',
        );
      const broken = firstNotFinite(value.data as Float32Array);
      if (broken >= 0)
        throw new LabError('quantize/finite', `Parameter ${name}: value ${broken} is ${value.data[broken]}.`, 'Did training diverge?');
      return [name, { shape: value.shape, data: Float64Array.from(value.data) }];
    }),
  );
}

/** Divides channel c of what makes it by factors[c] and multiplies it in what reads it, in place. */
export function scaleJoint(copies: Copies, { makers, readers }: Joint, factors: ArrayLike<number>): void {
  for (const maker of makers) multiply(copies, maker, c => 1 / (factors[c] as number));
  for (const reader of readers) multiply(copies, reader, c => factors[c] as number);
}

function multiply(copies: Copies, axis: ChannelAxis, factor: (channel: number) => number): void {
  const copy = copies.get(axis.parameter) as { shape: Shape; data: Float64Array };
  eachWeight(copy, axis, (channel, value, index) => {
    copy.data[index] = value * factor(channel);
  });
}

/** The largest |w| of each channel over these kernels. */
export function largestOf(copies: Copies, axes: readonly ChannelAxis[], channels: number): Float64Array {
  const largest = new Float64Array(channels);
  for (const axis of axes)
    eachWeight(copies.get(axis.parameter) as { shape: Shape; data: Float64Array }, axis, (channel, value) => {
      if (Math.abs(value) > largest[channel]) largest[channel] = Math.abs(value);
    });
  return largest;
}

/** The model with the copies in place of its values, rounded to float32. Masks stay. */
export function writtenBack(model: Model, copies: Copies): Model {
  return withParameters(
    model,
    Object.fromEntries([...copies].map(([name, { shape, data }]) => [name, { value: array(shape, Float32Array.from(data)) }])),
  );
}
