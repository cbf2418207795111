import type { Program, ProgramTensor, Step } from '../../program.ts';

/** Where two programs differ but for the order of their tensors, in words; undefined when they do not. */
export function differenceOf(a: Program, b: Program): string | undefined {
  if (a.name !== b.name) return `the name ${a.name} became ${b.name}`;
  if (a.steps.length !== b.steps.length) return `${a.steps.length} steps became ${b.steps.length}`;
  const twins = new Map<number, number>();
  const meet = (left: readonly number[], right: readonly number[], where: string): string | undefined => {
    if (left.length !== right.length) return `${where} has ${right.length} tensors, not ${left.length}`;
    for (const [i, index] of left.entries()) {
      const other = right[i] as number;
      if ((twins.get(index) ?? other) !== other) return `${where} has another tensor at ${i}`;
      if (!twins.has(index) && index >= 0) {
        const found = tensorDifference(a.tensors[index] as ProgramTensor, b.tensors[other] as ProgramTensor);
        if (found) return `${where}: ${found}`;
      }
      twins.set(index, other);
    }
    return undefined;
  };
  const inputs = meet(a.inputs, b.inputs, 'the list of inputs');
  if (inputs) return inputs;
  for (const [i, step] of a.steps.entries()) {
    const other = b.steps[i] as Step;
    const where = `step ${i} (${step.op}, writes ${a.tensors[step.outputs[0] as number]?.name})`;
    if (step.op !== other.op) return `${where} became ${other.op}`;
    const found = attributeDifference(step, other) ?? meet(step.inputs, other.inputs, where) ?? meet(step.outputs, other.outputs, where);
    if (found) return found.startsWith(where) ? found : `${where}: ${found}`;
  }
  return meet(a.outputs, b.outputs, 'the list of outputs');
}

const text = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
const short = (value: unknown): string => (text(value).length > 80 ? `${text(value).slice(0, 80)}…` : text(value));

function attributeDifference({ attributes: a }: Step, { attributes: b }: Step): string | undefined {
  const name = [...new Set([...Object.keys(a), ...Object.keys(b)])].find(key => text(a[key]) !== text(b[key]));
  return name === undefined ? undefined : `${name} ${short(a[name])} became ${short(b[name])}`;
}

function tensorDifference(a: ProgramTensor, b: ProgramTensor): string | undefined {
  if (a.name !== b.name || a.type !== b.type || text(a.shape) !== text(b.shape))
    return `${a.name}, ${a.type} [${a.shape}], became ${b.name}, ${b.type} [${b.shape}]`;
  const [left, right] = [a.quantization, b.quantization];
  for (const part of ['scale', 'zeroPoint', 'axis'] as const)
    if (text(left?.[part]) !== text(right?.[part])) return `${part} of ${a.name}, ${short(left?.[part])}, became ${short(right?.[part])}`;
  const same = a.data?.length === b.data?.length && (a.data as Int8Array | undefined)?.every((x, i) => Object.is(x, b.data?.[i])) !== false;
  return same ? undefined : `elements of ${a.name} changed`;
}
