import type { Dataset } from '../../../data/dataset.ts';
import { subset } from '../../../data/dataset.ts';
import { predict } from '../../../model/forward.ts';
import { type Model, nodeOf, withParameters } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { topClasses } from '../../../tensor/top-class.ts';
import { type Examples, examplesOf } from '../../../train/examples.ts';

/** How well a network does, and how well on one class. */
export interface ClassRecall {
  /** Share of all images that are right, 0–1. */
  readonly accuracy: number;
  /** Share of that class's images that are taken for it, 0–1. */
  readonly recall: number;
}

/** What shifting the bias of a class did. */
export interface ClassShift {
  /** What was added to the bias. */
  readonly shift: number;
  /** The network with the shifted bias. */
  readonly model: Model;
  /** On the validation images that the shift was chosen on. */
  readonly before: ClassRecall;
  /** On the same images: an optimistic figure; ask again on others. */
  readonly after: ClassRecall;
}

/**
 * The images of all classes but one: what a student may learn from that never sees the class.
 * @throws LabError `distill/class` for a class that there is not, or when nothing is left.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * distill.withoutClass(data, 3).labels.data.includes(3); // → false
 */
export function withoutClass(data: Dataset, omitted: number): Dataset {
  assertClass(omitted, data.classes.length);
  const kept = [...data.labels.data.keys()].filter(i => data.labels.data[i] !== omitted);
  if (kept.length > 0) return subset(data, kept);
  throw new LabError('distill/class', `All images are of class ${omitted}: nothing is left.`, 'Take data with other classes.');
}

/**
 * A student that never saw a class knows it from its teacher's small probabilities, but holds it for too unlikely: this adds to the bias of that class what gives the highest accuracy
 * on validation images. Accuracy is a step function of the shift; all of its steps are looked at. Where no shift is better than none, the shift is 0; of equally good ones
 * it lies in the middle of the widest stretch. Hinton, Vinyals and Dean 2015, §4.
 * @throws LabError `distill/class` for a class that the network lacks or the validation images do not show, `distill/bias` unless the output is a dense layer with a bias.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const { shift, before, after } = distill.shiftClass(mlp({ hidden: [8] }), { omitted: 3, validation: data });
 */
export function shiftClass(
  model: Model,
  { omitted, validation }: { readonly omitted: number; readonly validation: Dataset | Examples },
): ClassShift {
  const { inputs: images, targets: labels } = examplesOf(validation);
  const bias = biasOf(model, omitted);
  const outputs = model.parameters[bias]?.value.shape[0] as number;
  if (!labels.data.includes(omitted))
    throw new LabError('distill/class', `No validation image is of class ${omitted}.`, 'The shift is chosen on images of all classes.');
  const logits = predict(model, images).data as Float32Array;
  const judge = (shift: number): ClassRecall => judged(logits, labels.data, { outputs, omitted, shift });
  const before = judge(0);
  const shift = bestShift(stretches(logits, labels.data, { outputs, omitted }), before.accuracy, judge);
  if (shift === 0) return { shift, model, before, after: before };
  const value = Float32Array.from(realValue(model.parameters[bias] as Model['parameters'][string]).data);
  value[omitted] = (value[omitted] as number) + shift;
  const shifted = withParameters(model, { [bias]: { value: array([outputs], value), quantization: undefined } });
  return { shift, model: shifted, before, after: judge(shift) };
}

function judged(
  logits: Float32Array,
  labels: ArrayLike<number>,
  { outputs, omitted, shift }: { outputs: number; omitted: number; shift: number },
): ClassRecall {
  const scores = Float64Array.from(logits, (z, i) => (i % outputs === omitted ? z + shift : z));
  const tops = topClasses(scores, outputs);
  let [right, found, there] = [0, 0, 0];
  for (let i = 0; i < labels.length; i++) {
    const hit = tops[i] === labels[i] ? 1 : 0;
    right += hit;
    if (labels[i] !== omitted) continue;
    there++;
    found += hit;
  }
  return { accuracy: right / labels.length, recall: found / there };
}

/** A stretch of shifts of one accuracy, and its gain over never naming the class. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly gain: number;
}

/** All stretches between the shifts at which some image changes hands. */
function stretches(
  logits: Float32Array,
  labels: ArrayLike<number>,
  { outputs, omitted }: { outputs: number; omitted: number },
): readonly Stretch[] {
  const turns = Array.from({ length: labels.length }, (_, i) => {
    let [other, at] = [Number.NEGATIVE_INFINITY, -1];
    for (let c = 0; c < outputs; c++) {
      const z = logits[i * outputs + c] as number;
      if (c !== omitted && z > other) [other, at] = [z, c];
    }
    return { at: other - (logits[i * outputs + omitted] as number), gain: labels[i] === omitted ? 1 : labels[i] === at ? -1 : 0 };
  })
    .filter(turn => Number.isFinite(turn.at))
    .sort((a, b) => a.at - b.at);
  let gain = 0;
  const never = { from: Number.NEGATIVE_INFINITY, to: turns[0]?.at ?? Number.NEGATIVE_INFINITY, gain };
  const after = turns.map((turn, i) => {
    gain += turn.gain;
    return { from: turn.at, to: turns[i + 1]?.at ?? Number.POSITIVE_INFINITY, gain };
  });
  return [never, ...after];
}

function bestShift(all: readonly Stretch[], before: number, judge: (shift: number) => ClassRecall): number {
  const open = all.filter(({ from, to }) => to - from > 1e-6);
  const most = Math.max(...open.map(({ gain }) => gain));
  const width = ({ from, to }: Stretch): number => to - from;
  const best = open.filter(({ gain }) => gain === most).sort((a, b) => width(b) - width(a));
  const widest = best.find(stretch => Number.isFinite(width(stretch))) ?? best[0];
  if (!widest) return 0;
  const { from, to } = widest;
  const shift = Math.fround(!Number.isFinite(to) ? from + 1 : Number.isFinite(from) ? (from + to) / 2 : to - 1);
  return judge(shift).accuracy > before ? shift : 0;
}

function assertClass(omitted: number, classes: number): void {
  if (Number.isInteger(omitted) && omitted >= 0 && omitted < classes) return;
  throw new LabError('distill/class', `There is no class ${omitted}.`, `Classes are 0 to ${classes - 1}.`);
}

/** Name of the bias behind the output. */
function biasOf(model: Model, omitted: number): string {
  const { op, parameters } = nodeOf(model, model.output);
  const { bias } = parameters;
  if (op !== 'dense' || bias === undefined)
    throw new LabError(
      'distill/bias',
      `The output ${model.output} of ${model.name} has no bias for a class (${op}).`,
      'Shift a network that ends in a dense layer with bias.',
    );
  assertClass(omitted, model.parameters[bias]?.value.shape[0] ?? 0);
  return bias;
}
