import { sizeOf } from '../../../../tensor/shape.ts';
import { zerosOf } from '../../../element-types.ts';
import { factors } from '../../../factors.ts';
import { fixedPoint } from '../../../fixed-point.ts';
import { ends } from '../../../integer/requantize-attributes.ts';
import type { Elements, Program, ProgramTensor, Step, TensorQuantization } from '../../../program.ts';
import { refuseTflite, withoutControls } from '../refuse.ts';
import { used } from '../used.ts';
import { paddingKind } from './window.ts';

/** A program that is being rewritten. */
interface Draft {
  readonly tensors: ProgramTensor[];
  readonly steps: Step[];
}

const layers = new Set(['conv2d', 'depthwise-conv2d', 'conv2d-transpose', 'dense']);
const windows = new Set(['conv2d', 'depthwise-conv2d', 'max-pool']);

/**
 * The program in the words of the format, with the same results: weights around 0, a scale for each bias, borders that are neither SAME nor VALID as a
 * step of their own, clamps that no ReLU has too, one scale without an axis, names
 * without control characters.
 */
export function prepared(program: Program): Program {
  const tensors = program.tensors.map(({ quantization, name, ...tensor }) => ({
    ...tensor,
    name: withoutControls(name),
    ...(quantization && { quantization: stored(quantization) }),
  }));
  const draft: Draft = { tensors, steps: [] };
  for (const [index, step] of program.steps.entries()) {
    const where = `Step ${index} (${step.op}, writes ${tensors[step.outputs[0] as number]?.name})`;
    const layer = layers.has(step.op) ? withPlainWeight(draft, step, where) : step;
    if (step.op === 'requantize') draft.steps.push(withPlainClamp(draft, step));
    else if (step.op === 'lookup') draft.steps.push(withNamedTable(draft, step));
    else draft.steps.push(windows.has(step.op) ? withPlainBorder(draft, layer, where) : layer);
  }
  return used({ ...program, ...draft, name: withoutControls(program.name) });
}

/** Scales are float32 in a file; a single one needs no axis. */
function stored({ scale, zeroPoint, axis }: TensorQuantization): TensorQuantization {
  return { scale: scale.map(Math.fround), zeroPoint, ...(scale.length > 1 && axis !== undefined && { axis }) };
}

/** A table with the name that a reader gives it: files have none. */
function withNamedTable({ tensors }: Draft, step: Step): Step {
  const [x, table] = step.inputs as readonly [number, number];
  const name = `${tensors[step.outputs[0] as number]?.name}.table`;
  return { ...step, inputs: [x, tensors.push({ ...(tensors[table] as ProgramTensor), name }) - 1] };
}

/** A step that changes the grid and clamps, where no ReLU has its multiplier: all of the grid first, then the clamp. */
function withPlainClamp({ tensors, steps }: Draft, step: Step): Step {
  const [x, y] = [tensors[step.inputs[0] as number], tensors[step.outputs[0] as number] as ProgramTensor];
  const [low, high] = ends[y.type] as readonly [number, number];
  const [from, to] = [x?.quantization?.scale[0] ?? 1, y.quantization?.scale[0] ?? 1];
  const { attributes } = step;
  const [multiplier] = attributes.multiplier as readonly number[];
  if ((attributes.low === low && attributes.high === high) || fixedPoint(factors.relu(from, to)).multiplier === multiplier) return step;
  const whole = tensors.push({ ...y, name: `${y.name}/whole` }) - 1;
  steps.push({ ...step, outputs: [whole], attributes: { ...attributes, low, high } });
  const same = { inputZeroPoint: attributes.outputZeroPoint as number, multiplier: [2 ** 30], shift: [1] };
  return { ...step, inputs: [whole], attributes: { ...attributes, ...same } };
}

/** A list with one number for each scale. */
function spread(list: readonly number[], length: number): readonly number[] {
  if (list.length === 1) return Array.from({ length }, () => list[0] as number);
  return length === 1 && list.every(item => item === list[0]) ? list.slice(0, 1) : list;
}

/** A layer whose weight has no zero point but one that FULLY_CONNECTED knows, and whose bias has scales. */
function withPlainWeight(draft: Draft, step: Step, where: string): Step {
  const { tensors } = draft;
  const [x, w, b = -1] = step.inputs as readonly [number, number, number?];
  const [input, weight] = [tensors[x] as ProgramTensor, tensors[w] as ProgramTensor];
  const { quantization, data } = weight;
  if (!quantization || !data || !input.quantization)
    return refuseTflite(
      `${where} has no .tflite form: its input ${input.name} or its weight ${weight.name} has no scale.`,
      'Say what its integers stand for.',
    );
  const scales = quantization.scale.length;
  const { multiplier, shift, weightZeroPoint, factor } = step.attributes as Readonly<Record<string, readonly number[]>>;
  const attributes = {
    ...step.attributes,
    multiplier: spread(multiplier as readonly number[], scales),
    shift: spread(shift as readonly number[], scales),
    ...(factor && { factor: spread(factor, scales) }),
    weightZeroPoint: spread(weightZeroPoint as readonly number[], scales),
  };
  const zeros = attributes.weightZeroPoint;
  const keeps = input.type === 'uint8' || (step.op === 'dense' && scales === 1 && zeros.length === 1) || zeros.every(z => z === 0);
  const own =
    keeps && weight.type !== 'int16'
      ? withZeroPoint(weight, zeros)
      : centred(weight, weightZeroPoint as readonly number[], { where, op: step.op });
  const moved = own === weight ? w : tensors.push(own) - 1;
  const bias = b >= 0 ? b : step.op === 'conv2d' ? zeroBias(draft, step, input) : -1;
  const inputs = [x, moved, bias >= 0 ? withScale(draft, bias, { input, weight: own }) : -1];
  return { ...step, inputs, attributes: { ...attributes, weightZeroPoint: own.quantization?.zeroPoint ?? zeros } };
}

/** The zero points that the step computes with, should the tensor say others. */
function withZeroPoint(weight: ProgramTensor, zeroPoint: readonly number[]): ProgramTensor {
  const { quantization } = weight;
  if (!quantization || quantization.zeroPoint.every((z, i) => z === zeroPoint[i])) return weight;
  return { ...weight, quantization: { ...quantization, zeroPoint } };
}

/** The weight as q - z, in four bits where they hold it, else in eight. */
function centred(
  weight: ProgramTensor,
  zeroPoint: readonly number[],
  { where, op }: { readonly where: string; readonly op: string },
): ProgramTensor {
  const { shape, data, quantization } = weight as ProgramTensor & { readonly data: Elements; readonly quantization: TensorQuantization };
  const inner = op === 'depthwise-conv2d' ? 1 : sizeOf(shape.slice(1));
  const channels = op === 'depthwise-conv2d' ? (shape[3] as number) : (shape[0] as number);
  const codes = Int32Array.from(
    data as Int8Array,
    (q, i) => q - (zeroPoint[zeroPoint.length === 1 ? 0 : Math.floor(i / inner) % channels] as number),
  );
  const fits = (type: 'int4' | 'int8'): boolean => {
    const [low, high] = ends[type] as readonly [number, number];
    return codes.every(q => q >= low && q <= high);
  };
  if (!fits('int8'))
    return refuseTflite(
      `${where} has no .tflite form: weights of ${weight.name} less their zero points do not fit into 8 bits.`,
      'Quantize weights symmetrically: affineFormat({ bits: 8, symmetric: true }).',
    );
  const type = weight.type === 'int4' && fits('int4') ? 'int4' : 'int8';
  return { ...weight, type, data: Int8Array.from(codes), quantization: { ...quantization, zeroPoint: quantization.scale.map(() => 0) } };
}

/** CONV_2D has a bias in any case. */
function zeroBias({ tensors }: Draft, step: Step, { type }: ProgramTensor): number {
  const output = tensors[step.outputs[0] as number] as ProgramTensor;
  const [length, kind] = [output.shape[3] as number, type === 'int16' ? ('int64' as const) : ('int32' as const)];
  return tensors.push({ name: `${output.name}/bias`, shape: [length], type: kind, data: zerosOf(kind, length) }) - 1;
}

/** A bias with the scales of the sums that it is added to. */
function withScale(
  draft: Draft,
  index: number,
  { input, weight }: { readonly input: ProgramTensor; readonly weight: ProgramTensor },
): number {
  const bias = draft.tensors[index] as ProgramTensor;
  if (bias.quantization || bias.type === 'int64') return index;
  const scale = (weight.quantization?.scale ?? []).map(s => Math.fround(s * (input.quantization?.scale[0] ?? 1)));
  const quantization = { scale, zeroPoint: scale.map(() => 0), ...(scale.length > 1 && { axis: 0 }) };
  return draft.tensors.push({ ...bias, quantization }) - 1;
}

/** A window whose border a step of its own writes, where the format has no word for it. */
function withPlainBorder(draft: Draft, step: Step, where: string): Step {
  const { tensors } = draft;
  const [x, w] = step.inputs;
  const [input, output] = [tensors[x as number] as ProgramTensor, tensors[step.outputs[0] as number] as ProgramTensor];
  const inputs = [input, w === undefined ? undefined : tensors[w]];
  if (paddingKind({ attributes: step.attributes, inputs }, { image: input.shape, places: output.shape }) !== undefined) return step;
  const { padding, strides, dilations = [1, 1], window, inputZeroPoint } = step.attributes as Readonly<Record<string, readonly number[]>>;
  const kernel = window ?? inputs[1]?.shape.slice(1, 3) ?? [];
  const around = [1, 2].map(axis => {
    const i = axis - 1;
    const reach = ((kernel[i] as number) - 1) * (dilations[i] as number) + 1;
    const needed = ((output.shape[axis] as number) - 1) * ((strides as readonly number[])[i] as number) + reach;
    const before = (padding as readonly number[])[i] as number;
    return [before, Math.max(0, needed - before - (input.shape[axis] as number))] as const;
  });
  const value = step.op === 'max-pool' ? (ends[input.type]?.[0] ?? 0) : Number(inputZeroPoint);
  const paddings = [0, 0, ...around.flat(), 0, 0];
  const shape = input.shape.map((size, axis) => size + (paddings[2 * axis] as number) + (paddings[2 * axis + 1] as number));
  if (zerosOf(input.type, 0) instanceof BigInt64Array) refuseTflite(`${where} has no .tflite form: it pads ${input.type}.`, '');
  const padded = tensors.push({ ...input, name: `${output.name}/padded`, shape }) - 1;
  draft.steps.push({ op: 'pad', inputs: [x as number], outputs: [padded], attributes: { paddings, value } });
  return { ...step, inputs: [padded, ...step.inputs.slice(1)], attributes: { ...step.attributes, padding: [0, 0] } };
}
