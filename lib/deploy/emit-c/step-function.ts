import { integerOpOf } from '../integer/index.ts';
import type { Declared } from '../integer/op.ts';
import type { PlannedBuffer } from '../plan/plan.ts';
import type { Program } from '../program.ts';
import { commentText, cTypes, indented } from './c-text.ts';
import type { CStep, Kernel } from './kernel.ts';
import type { CParts } from './writer.ts';

/** A step with its kernel and its places in the arena. */
export interface PlacedStep {
  readonly step: CStep<never>;
  readonly kernel: Kernel<never>;
  /** Of its C function. */
  readonly name: string;
  /** As its constants have it. */
  readonly number: string;
  /** First bytes; none for constants. */
  readonly inputs: readonly (number | undefined)[];
  readonly output: number;
  readonly scratch: PlannedBuffer | undefined;
}

/** The number of a step, with as many digits as the last one has, and two at least. */
export const stepNumber = ({ steps }: Program, number: number): string =>
  `${number}`.padStart(Math.max(2, `${steps.length - 1}`.length), '0');

/** The C function of a step. */
export function functionOf(placed: PlacedStep, parts: CParts): string {
  const { step, kernel, name, number, inputs, output, scratch } = placed;
  const writer = parts.of(number);
  const body = kernel.emit(step, writer).trim();
  // a body that mentions none of them has no use for a pointer
  const used = (pointer: string): boolean => new RegExp(`\\b${pointer}\\b`).test(body);
  const restrict = step.inPlace ? '' : 'restrict ';
  const pointers = step.inputs.flatMap((value, i) => {
    const [pointer, place] = [i === 0 ? 'x' : `x${i}`, inputs[i]];
    if (!value || !used(pointer)) return [];
    const type = `const ${cTypes[value.type]} *`;
    const from = value.data ? writer.constant('constant', value.type, value.data) : `(${type})(arena + ${place})`;
    return [`${type}${restrict}${pointer} = ${from};`];
  });
  const type = `${cTypes[step.output.type]} *`;
  if (used('y')) pointers.push(`${type}${restrict}y = (${type})(arena + ${output});`);
  if (scratch && used('scratch')) pointers.push(`uint8_t *restrict scratch = arena + ${scratch.offset};`);
  const text = [...pointers, body].filter(Boolean).join('\n');
  return `${commentOf(placed)}\nSTEP ${name}(void) {\n${indented(text)}\n}`;
}

/** What a step is: shapes, types, products, places. */
function commentOf({ step, kernel, inputs, output, scratch }: PlacedStep): string {
  const macs = integerOpOf(step.op).macs?.({ ...step, outputs: [step.output] }) ?? 0;
  const value = ({ shape, type }: Declared): string => `${type} [${shape.join(', ')}]`;
  const reads = step.inputs.flatMap((input, i) => (input && inputs[i] !== undefined ? [`${value(input)} at ${inputs[i]}`] : []));
  const parts = [
    `${step.op}: ${reads.join(', ') || 'constants'} -> ${value(step.output)} at ${output}${step.inPlace ? ', in place' : ''}`,
    ...(step.inputs[1]?.data ? [`weight ${value(step.inputs[1])}`] : []),
    ...(macs > 0 ? [`${macs.toLocaleString('en-US')} MACs`] : []),
    ...(scratch ? [`scratch ${scratch.bytes} bytes at ${scratch.offset}`] : []),
    `kernel ${kernel.name}`,
  ];
  return `/* ${commentText(nameOf(step.output))}: ${parts.join('; ')} */`;
}

const nameOf = (value: Declared): string => (value as { readonly name?: string }).name ?? '';
