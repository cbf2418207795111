import { zerosOf } from '../element-types.ts';
import { integerOpOf } from '../integer/index.ts';
import { ends } from '../integer/stored.ts';
import type { Elements, ElementType, Step } from '../program.ts';
import type { FusingRule, ProgramDraft } from './draft.ts';

const isByte = (type: ElementType): boolean => type === 'int8' || type === 'uint8';

/** Whether a step is a function of one integer of 8 bits with a result of 8 bits. */
function isTable(draft: ProgramDraft, { op, inputs, outputs }: Step): boolean {
  if (op !== 'lookup' && op !== 'requantize') return false;
  return [inputs[0], outputs[0]].every(index => isByte(draft.tensor(index as number).type));
}

/** What a step makes of 256 integers. */
function entries(draft: ProgramDraft, { op, inputs, outputs, attributes }: Step, x: Elements): Elements {
  const shape = [256];
  const [from, to] = [draft.tensor(inputs[0] as number).type, draft.tensor(outputs[0] as number).type];
  const y = { type: to, shape, data: zerosOf(to, 256) };
  const table = inputs.slice(1).map(index => draft.tensor(index) as { type: ElementType; shape: readonly number[]; data: Elements });
  integerOpOf(op).run({ inputs: [{ type: from, shape, data: x }, ...table], outputs: [y], attributes, where: op });
  return y.data;
}

/** Two functions of 8 bits, one behind the other, become one table. */
export const mergeTables: FusingRule = (draft, number) => {
  const step = draft.steps[number] as Step;
  const [between] = step.inputs as readonly [number];
  const writer = draft.writerOf(between);
  const before = draft.steps[writer ?? -1];
  if (!before || !isTable(draft, step) || !isTable(draft, before) || !draft.isOnlyReader(number, between)) return false;
  // a table that nobody knows yet, because a step writes it
  if ([step, before].some(({ inputs }) => inputs.slice(1).some(index => !draft.tensor(index).data))) return false;
  const [source, to] = [before.inputs[0], step.outputs[0]] as [number, number];
  const { type } = draft.tensor(source);
  const [first] = ends[type] as readonly [number, number];
  const all = zerosOf(type, 256) as Int8Array;
  for (let i = 0; i < 256; i++) all[i] = first + i;
  const { name, type: result } = draft.tensor(to);
  const data = entries(draft, step, entries(draft, before, all));
  const table = draft.add(Object.freeze({ name: `${name}/table`, shape: [256], type: result, data }));
  if (!draft.replace(number, { op: 'lookup', inputs: [source, table], outputs: [to], attributes: {} })) return false;
  draft.steps[writer as number] = undefined;
  return true;
};
