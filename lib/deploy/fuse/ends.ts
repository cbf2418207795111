import type { DequantizeStep, QuantizeStep } from '../integer/real-borders.ts';
import type { ProgramTensor, Step } from '../program.ts';
import type { FusingRule, ProgramDraft } from './draft.ts';

/** An input of real numbers that only becomes integers is taken as these integers. */
export const dropQuantize: FusingRule = (draft, number) => {
  const { op, inputs, outputs, attributes } = draft.steps[number] as Step;
  const [from, to] = [inputs[0], outputs[0]] as [number, number];
  const at = draft.inputs.indexOf(from);
  if (op !== 'quantize' || at < 0 || !draft.isOnlyReader(number, from) || draft.outputs.includes(to)) return false;
  const { scale, outputZeroPoint } = attributes as QuantizeStep;
  draft.steps[number] = undefined;
  const end = withMeaning(draft, draft.tensor(to), { scale, zeroPoint: outputZeroPoint });
  draft.inputs[at] = end;
  draft.rename(to, end);
  return true;
};

/** An output of real numbers is given as the integers that they are made of. */
export const dropDequantize: FusingRule = (draft, number) => {
  const { op, inputs, outputs, attributes } = draft.steps[number] as Step;
  const [from, to] = [inputs[0], outputs[0]] as [number, number];
  const writer = draft.writerOf(from);
  const leaves = draft.outputs.includes(to) && draft.readersOf(to).length === 0;
  if (op !== 'dequantize' || !leaves || writer === undefined || draft.outputs.includes(from)) return false;
  const { scale, inputZeroPoint } = attributes as DequantizeStep;
  draft.steps[number] = undefined;
  const end = withMeaning(draft, draft.tensor(from), { scale, zeroPoint: inputZeroPoint });
  draft.steps[writer] = Object.freeze({ ...(draft.steps[writer] as Step), outputs: [end] });
  draft.rename(from, end);
  draft.rename(to, end);
  return true;
};

/** The tensor with what its integers mean. */
function withMeaning(draft: ProgramDraft, tensor: ProgramTensor, { scale, zeroPoint }: { scale: number; zeroPoint: number }): number {
  return draft.add(Object.freeze({ ...tensor, quantization: { scale: [scale], zeroPoint: [zeroPoint] } }));
}
