import { clamped } from '../fixed-point.ts';
import type { RequantizeStep } from '../integer/requantize.ts';
import { requantizer } from '../integer/requantize-attributes.ts';
import { ends, narrow } from '../integer/stored.ts';
import type { ElementType, Step } from '../program.ts';
import type { FusingRule } from './draft.ts';
import { passThrough } from './reshapes.ts';

type Clamp = { readonly low: number; readonly high: number; readonly outputZeroPoint?: number };

/** Ops whose results are clip(zero point + …, low, high), or without a zero point. */
const clamping: ReadonlySet<string> = new Set([
  'conv2d',
  'conv2d-transpose',
  'depthwise-conv2d',
  'dense',
  'matmul',
  'add',
  'subtract',
  'multiply',
  'mean',
  'requantize',
  'average-pool',
  'max-pool',
]);

/**
 * How far a requantization moves the integers of a type, when for each of them it is clip(x + distance, low, high): a change of the zero point, or the clamp of a
 * ReLU. It is asked of each integer.
 */
function movesBy(attributes: RequantizeStep, type: ElementType): number | undefined {
  const [first, last] = ends[type] as readonly [number, number];
  const { inputZeroPoint, outputZeroPoint, low, high } = attributes;
  const distance = outputZeroPoint - inputZeroPoint;
  const store = requantizer(attributes);
  for (let x = first; x <= last; x++) if (store(x - inputZeroPoint, 0) !== clamped(x + distance, low, high)) return undefined;
  return distance;
}

/** A requantization that only moves and clamps becomes part of the step before it, or is left out where it does neither. */
export const mergeClamp: FusingRule = (draft, number) => {
  const step = draft.steps[number] as Step;
  const [from, to] = [step.inputs[0], step.outputs[0]] as [number, number];
  if (step.op !== 'requantize') return false;
  const { type } = draft.tensor(from);
  if (!narrow.includes(type)) return false;
  const attributes = step.attributes as RequantizeStep;
  const distance = movesBy(attributes, type);
  if (distance === undefined) return false;
  const [first, last] = ends[type] as readonly [number, number];
  const copies = distance === 0 && attributes.low <= first && attributes.high >= last && draft.tensor(to).type === type;
  const shapes = `${draft.tensor(from).shape}` === `${draft.tensor(to).shape}`;
  if (!shapes) return false;
  if (copies && passThrough(draft, number)) return true;
  const writer = draft.writerOf(from);
  if (writer === undefined || !draft.isOnlyReader(number, from)) return false;
  const merged = withClamp(draft.steps[writer] as Step, { attributes, distance });
  if (!merged || !draft.replace(writer, { ...merged, outputs: [to] })) return false;
  draft.steps[number] = undefined;
  return true;
};

/** The step with results that are moved and clamped once more: clip(clip(t, a, b) + d, l, h) = clip(t + d, clip(a + d, l, h), clip(b + d, l, h)). */
function withClamp(
  step: Step,
  { attributes, distance }: { readonly attributes: RequantizeStep; readonly distance: number },
): Step | undefined {
  if (!clamping.has(step.op)) return undefined;
  const { low, high, outputZeroPoint } = step.attributes as Clamp;
  const end = (value: number): number => clamped(value + distance, attributes.low, attributes.high);
  const clamp = { ...step.attributes, low: end(low), high: end(high) };
  if (outputZeroPoint === undefined) return distance === 0 ? { ...step, attributes: clamp } : undefined;
  const zero = outputZeroPoint + distance;
  return Math.abs(zero) > 2 ** 16 ? undefined : { ...step, attributes: { ...clamp, outputZeroPoint: zero } };
}
