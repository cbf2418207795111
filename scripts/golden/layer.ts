import { ends } from '../../lib/deploy/integer/stored.ts';
import type { ElementType } from '../../lib/deploy/program.ts';
import { type CaseArray, type KernelCase, refuseCase } from './case.ts';
import { type Draft, type Place, typeNamed } from './draft.ts';

/** The arrays of a layer. Files of two generators may lie in one folder; the header belongs to one of them. */
export interface LayerArrays {
  readonly input: CaseArray;
  readonly weights: CaseArray;
  readonly bias?: CaseArray;
  readonly output: CaseArray;
  readonly multiplier?: CaseArray;
  readonly shift?: CaseArray;
}

type Names = Readonly<Record<keyof LayerArrays, readonly string[]>>;

const older: Names = {
  input: ['input_data'],
  weights: ['weights_data'],
  bias: ['biases_data', 'bias_data'],
  output: ['output_ref_data'],
  multiplier: ['output_mult_data'],
  shift: ['output_shift_data'],
};
const newer: Names = {
  input: ['input', 'input_tensor'],
  weights: ['weights', 'input_weights'],
  bias: ['bias', 'input_bias'],
  output: ['output', 'output_tensor'],
  multiplier: ['output_multiplier'],
  shift: ['output_shift'],
};

/** Of two sets of arrays the one whose output has the header's size; of two such, that of the generator which writes such headers. */
export function arraysOf(layer: KernelCase): LayerArrays {
  const size = layer.number('DST_SIZE');
  const whole = [older, newer].filter(set => layer.array(...set.input) && layer.array(...set.output));
  const fitting = whole.filter(set => size === undefined || layer.array(...set.output)?.length === size);
  const among = fitting.length > 0 ? fitting : whole;
  const own = layer.has('INPUT_SIZE') ? older : newer;
  const set = among.includes(own) ? own : (among[0] ?? refuseCase('it has no input, or no output.'));
  const optional = (role: 'bias' | 'multiplier' | 'shift'): CaseArray | undefined => layer.array(...set[role]);
  const [bias, multiplier, shift] = [optional('bias'), optional('multiplier'), optional('shift')];
  return {
    input: layer.needArray(...set.input),
    weights: layer.needArray(...set.weights),
    output: layer.needArray(...set.output),
    ...(bias ? { bias } : {}),
    ...(multiplier ? { multiplier } : {}),
    ...(shift ? { shift } : {}),
  };
}

/** What turns sums into stored numbers: a list for the channels, or the header's one number. */
export function requantization(
  layer: KernelCase,
  { multiplier, shift }: Pick<LayerArrays, 'multiplier' | 'shift'>,
  { channels, type }: { readonly channels: number; readonly type: ElementType },
): { multiplier: number[]; shift: number[]; outputZeroPoint: number; low: number; high: number } {
  const single = layer.number('OUTPUT_MULTIPLIER', 'OUTPUT_MULT');
  const listed = multiplier && shift && multiplier.length >= channels && (single === undefined || /true|1/i.test(layer.text('PER_CHANNEL_QUANT')));
  const list = ({ data }: CaseArray): number[] => data.slice(0, channels).map(Number);
  const factors = listed
    ? { multiplier: list(multiplier), shift: list(shift) }
    : { multiplier: [layer.need('OUTPUT_MULTIPLIER', 'OUTPUT_MULT')], shift: [layer.need('OUTPUT_SHIFT')] };
  return { ...factors, ...clampOf(layer, type), outputZeroPoint: layer.number('OUTPUT_OFFSET') ?? 0 };
}

/** The ends of the fused activation, by default those of the type. */
export function clampOf(layer: KernelCase, type: ElementType): { low: number; high: number } {
  const [low, high] = ends[type] ?? refuseCase(`${type} is no type of activations.`);
  return { low: layer.number('OUT_ACTIVATION_MIN', 'ACTIVATION_MIN') ?? low, high: layer.number('OUT_ACTIVATION_MAX', 'ACTIVATION_MAX') ?? high };
}

/** Two numbers a byte, the low four bits first. */
export function unpacked(data: readonly (number | string)[], length: number): number[] {
  return Array.from({ length }, (_, i) => {
    const byte = Number(data[i >> 1]) & 255;
    return (((i & 1 ? byte >> 4 : byte & 15) ^ 8) - 8) | 0;
  });
}

/** The weight in this shape. Where it has half as many bytes as numbers, or the header says so, each byte holds two. */
export function weightOf(draft: Draft, layer: KernelCase, weights: CaseArray, shape: readonly number[]): Place {
  const size = shape.reduce((a, b) => a * b, 1);
  const half = weights.length === Math.ceil(size / 2) && (weights.length !== size || isPacked(layer));
  const type = half ? 'int4' : storing(typeNamed(weights.type), -(layer.number('FILTER_OFFSET') ?? 0));
  return draft.constant('weights', { shape, type }, half ? unpacked(weights.data, size) : weights.data);
}

/** Whether weights have four bits. */
export const isPacked = (layer: KernelCase): boolean => /int4|_s4/i.test(layer.name) || /^int4$/i.test(layer.text('W_TYPE'));

/** The type, or 16 bits where it does not hold the zero point: kernels take offsets that no tensor of the type can have. */
export function storing(type: ElementType, zeroPoint: number): ElementType {
  const [low, high] = ends[type] ?? refuseCase(`${type} is no type of activations.`);
  return zeroPoint >= low && zeroPoint <= high ? type : 'int16';
}

/**
 * The bias; where there is none, zeros of the accumulator's width: 32 bits for activations of 8, and where the case's name says so
 * ("int16xint8xint32"), else 64.
 */
export function biasOf(
  draft: Draft,
  layer: KernelCase,
  { bias, input, channels }: { readonly bias: CaseArray | undefined; readonly input: string; readonly channels: number },
): Place {
  const wide = input === 'int16' && !/xint32/i.test(layer.name);
  const data = bias?.data ?? Array.from({ length: channels }, () => 0);
  return draft.constant('bias', { shape: [channels], type: bias ? typeNamed(bias.type) : wide ? 'int64' : 'int32' }, data);
}
