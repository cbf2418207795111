import { channelAxesOf } from '../../model/channel-axes.ts';
import { type Model, type Parameter, withParameters } from '../../model/model.ts';
import { assertStored } from '../../model/quantization/checks.ts';
import { dequantize } from '../../model/quantization/dequantize.ts';
import { realValue } from '../../model/real-value.ts';
import { unknownParameter, weightNames } from '../../model/weights.ts';
import { array, type NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { int4, pack } from '../../tensor/pack.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { Format } from './format/format.ts';
import { type Granularity, tensor } from './granularity/granularity.ts';
import { minMax } from './range/min-max.ts';
import type { RangeMethod } from './range/range.ts';
import { tileExtremes, tileStatistics } from './range/tile-statistics.ts';
import { nearest } from './rounding/nearest.ts';
import type { Codes, Rounding, Target } from './rounding/rounding.ts';

/** The four questions of quantization, answered: which numbers there are, which values share a scale, where the grid ends, how values are rounded to it. */
export interface Scheme {
  readonly format: Format;
  /** Default one scale for the whole weight. */
  readonly granularity?: Granularity;
  /** Default from the smallest to the largest value. */
  readonly range?: RangeMethod;
  /** Default the nearest, halves to even. */
  readonly rounding?: Rounding;
  /** The axes that together count output channels; `quantizeWeights` knows them, default the last one. */
  readonly channelAxes?: readonly number[];
}

/** A value as stored integers and what they mean. */
export type QuantizedValue = Required<Pick<Parameter, 'value' | 'quantization'>>;

/**
 * A float32 value by a scheme.
 * @throws LabError `quantize/empty`, `quantize/finite` and, for a rounding that does not clamp, `quantize/rounding` with `where` in the message;
 * `shape/tile`, `shape/axis`.
 * @example
 * const { value, quantization } = quantizeValue(array([4], [-1.08, 0, 1.49, 2.12]), { format: affineFormat({ bits: 2 }) });
 * realValue({ value, trainable: true, quantization }).data.map(x => Math.round(x * 100) / 100); // → new Float32Array([-1.07, 0, 1.07, 2.13])
 */
export function quantizeValue(value: NDArray, scheme: Scheme, where = 'The value'): QuantizedValue {
  return quantizeTo(value, { ...scheme, target: targetOf(value, scheme, where) }, where);
}

/**
 * The real numbers that the integers of `quantizeValue` stand for, float32, without these integers: what `dequantize` makes of them, bit for bit, in one pass
 * where the nearest integers are taken. Training rounds weights so.
 * @throws LabError `quantize/empty`, `quantize/finite`, `quantize/rounding`, `shape/tile`, `shape/axis`, as `quantizeValue`.
 * @example
 * const real = fakeQuantizeValue(array([4], [-1.08, 0, 1.49, 2.12]), { format: affineFormat({ bits: 2 }) });
 * real.data.map(x => Math.round(x * 100) / 100); // → new Float32Array([-1.07, 0, 1.07, 2.13])
 */
export function fakeQuantizeValue(value: NDArray, scheme: Scheme, where = 'The value'): NDArray {
  return fakeQuantizeTo(value, { ...scheme, target: targetOf(value, scheme, where) }, where);
}

/** What a float32 value is rounded to by a scheme, with ranges of this value. */
export function targetOf(value: NDArray, scheme: Scheme, where: string): Target {
  const { format, granularity = tensor(), range = minMax(), channelAxes } = scheme;
  const tile = granularity.tile(value.shape, channelAxes);
  const statistics = range.needs === 'extremes' ? tileExtremes(value, tile, where) : tileStatistics(value, tile, where);
  const intervals = statistics.map(known => range.interval(known, format));
  const quantization = format.quantization(intervals, { shape: value.shape, tile });
  return { quantization, low: format.low, high: format.high, encode: format.encode };
}

/** How a value is rounded, and to what. */
type Rounded = Pick<Scheme, 'format' | 'rounding'> & { readonly target: Target };

/** The integers that a value becomes, where its grids are known. */
export function quantizeTo(value: NDArray, { format, rounding = nearest(), target }: Rounded, where: string): QuantizedValue {
  const codes = rounding.codes(value, target);
  if (!rounding.clamps) assertCodes(codes, format, where);
  const stored = { value: storedCodes(value.shape, codes, format), quantization: target.quantization };
  if (target.quantization.kind === 'codebook') assertStored(stored, where);
  return stored;
}

/** The real numbers that a value becomes, where its grids are known. */
export function fakeQuantizeTo(value: NDArray, rounded: Rounded, where: string): NDArray {
  const reals = (rounded.rounding ?? nearest()).reals?.(value, rounded.target);
  if (reals) return array(value.shape, reals);
  const stored = quantizeTo(value, rounded, where);
  return dequantize(stored.value, stored.quantization);
}

function assertCodes(codes: Codes, { low, high, name }: Format, where: string): void {
  const stray = codes.findIndex(q => q < low || q > high);
  if (stray >= 0)
    throw new LabError(
      'quantize/rounding',
      `${where}: code ${stray} is ${codes[stray]}; those of ${name} lie between ${low} and ${high}.`,
      'A rounding clamps to the ends of its target.',
    );
}

/** Codes in the narrowest array that holds the format's. */
export function storedCodes(shape: Shape, codes: Codes, { low, high }: Pick<Format, 'low' | 'high'>): NDArray {
  if (low >= -8 && high <= 7 && low < 0) return array(shape, pack(codes, int4), 'int4');
  if (low >= -128 && high <= 127) return array(shape, codes instanceof Int8Array ? codes : new Int8Array(codes), 'int8');
  if (low >= 0 && high <= 255) return array(shape, codes instanceof Uint8Array ? codes : new Uint8Array(codes), 'uint8');
  return array(shape, codes instanceof Int32Array ? codes : new Int32Array(codes), 'int32');
}

/**
 * The model with its weights quantized by a scheme: kernels of convolutions and dense layers, embeddings; biases and batch norm stay float32. Pruned
 * weights keep their mask and stay exactly 0. What was quantized before is quantized again from the real numbers that it stands for.
 * @throws LabError `quantize/parameter` for a name that the model lacks, and the errors of `quantizeValue` with the parameter's name.
 */
export function quantizeWeights(model: Model, scheme: Scheme & { readonly parameters?: readonly string[] }): Model {
  const names = scheme.parameters ?? weightNames(model);
  const changes = Object.fromEntries(
    names.map(name => {
      const parameter = model.parameters[name];
      if (!parameter) throw unknownParameter(model, name, 'quantize/parameter');
      return [name, quantizeValue(realValue(parameter), { channelAxes: channelAxesOf(model, name), ...scheme }, `Parameter ${name}`)];
    }),
  );
  return withParameters(model, changes);
}
