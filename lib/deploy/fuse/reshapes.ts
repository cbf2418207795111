import type { Step } from '../program.ts';
import type { FusingRule, ProgramDraft } from './draft.ts';

/** Ops that take the elements of their first input in a row, whatever its shape: what they write says theirs. */
const takesAnyShape: ReadonlySet<string> = new Set([
  'reshape',
  'dense',
  'lookup',
  'requantize',
  'quantize',
  'dequantize',
  'sigmoid',
  'tanh',
]);

/** A reshape is left out where the step behind it does not look at shapes. */
export const readThroughReshape: FusingRule = (draft, number) => {
  const step = draft.steps[number] as Step;
  const [first] = step.inputs as readonly [number];
  const before = draft.steps[draft.writerOf(first) ?? -1];
  if (before?.op !== 'reshape' || !takesAnyShape.has(step.op) || step.inputs.indexOf(first, 1) >= 0) return false;
  return draft.replace(number, { ...step, inputs: [before.inputs[0] as number, ...step.inputs.slice(1)] });
};

/** A reshape to the shape that a value has already is left out. */
export const dropReshape: FusingRule = (draft, number) => {
  const { op, inputs, outputs } = draft.steps[number] as Step;
  const [from, to] = [inputs[0], outputs[0]] as [number, number];
  const same = op === 'reshape' && `${draft.tensor(from).shape}` === `${draft.tensor(to).shape}`;
  return same && passThrough(draft, number);
};

/** Takes out a step that gives what it reads. What leaves the program keeps its name. */
export function passThrough(draft: ProgramDraft, number: number): boolean {
  const { inputs, outputs } = draft.steps[number] as Step;
  const [from, to] = [inputs[0], outputs[0]] as [number, number];
  const writer = draft.writerOf(from);
  if (writer !== undefined && draft.isOnlyReader(number, from)) {
    draft.steps[number] = undefined;
    draft.steps[writer] = Object.freeze({ ...(draft.steps[writer] as Step), outputs: [to] });
    return true;
  }
  if (draft.outputs.includes(to)) return false;
  draft.steps[number] = undefined;
  draft.rename(to, from);
  return true;
}
