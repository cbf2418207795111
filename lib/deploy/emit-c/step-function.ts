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

/** A pointer of a step's body: its type and name, and where it points to. */
interface Pointer {
  readonly type: string;
  readonly name: string;
  readonly restrict: boolean;
  /** The first byte in the arena, or the name of a constant. */
  readonly to: number | string;
}

interface Body {
  readonly placed: PlacedStep;
  readonly pointers: readonly Pointer[];
  readonly text: string;
}

/** A file of C. */
export interface StepFile {
  /** Its name, without an ending. */
  readonly name: string;
  /** The numbers of its steps. */
  readonly numbers: readonly string[];
  readonly functions: readonly string[];
}

/**
 * The C of all steps: a file for each, named as its function. Steps that do the same in other places, as patches of one layer do, share one function, which takes
 * the places, and its file: code and constants are in flash once.
 */
export function filesOf(steps: readonly PlacedStep[], parts: CParts): readonly StepFile[] {
  const same = Map.groupBy(
    steps.map(step => bodyOf(step, parts)),
    keyOf,
  );
  return [...same.values()].map(group => {
    const [first] = group as [Body];
    const numbers = group.map(({ placed }) => placed.number);
    if (group.length === 1) return { name: first.placed.name, numbers, functions: [alone(first)] };
    // steps of different ops may do the same, such as a slice and a transpose
    const name = `shared_${first.placed.step.op.replaceAll('-', '_')}_${first.placed.number}`;
    const calls = group.map(({ placed, pointers }) => {
      const places = pointers.map(({ to }) => (typeof to === 'number' ? `network_arena + ${to}` : to)).join(', ');
      return `${commentOf(placed)}\nSTEP ${placed.name}(void) {\n  ${name}(${places});\n}`;
    });
    return { name, numbers, functions: [sharedFunction(name, group), ...calls] };
  });
}

const keyOf = ({ pointers, text }: Body): string =>
  [...pointers.map(({ type, name, restrict }) => `${type} ${name} ${restrict}`), text].join('\n');

const declared = ({ type, name, restrict }: Pointer): string => `${type}${restrict ? 'restrict ' : ''}${name}`;

/** A step that nobody else is like: its places are constants. */
function alone({ placed, pointers, text }: Body): string {
  const lines = pointers.map(pointer => {
    const { type, to } = pointer;
    return `${declared(pointer)} = ${typeof to === 'string' ? to : `(${type.trim()})(network_arena + ${to})`};`;
  });
  return `${commentOf(placed)}\nSTEP ${placed.name}(void) {\n${indented([...lines, text].filter(Boolean).join('\n'))}\n}`;
}

function sharedFunction(name: string, group: readonly Body[]): string {
  const { pointers, text } = group[0] as Body;
  const lines = pointers.map((pointer, i) => {
    const aligned = group.every(body => typeof body.pointers[i]?.to === 'number' && (body.pointers[i]?.to as number) % 16 === 0);
    return `${declared(pointer)} = ${aligned ? `__builtin_assume_aligned(${pointer.name}_at, 16)` : `(${pointer.type.trim()})${pointer.name}_at`};`;
  });
  const parameters = pointers.map(({ type, name }) => `${type.startsWith('const') ? 'const ' : ''}void *${name}_at`).join(', ');
  const body = indented([...lines, text].filter(Boolean).join('\n'));
  return `/* what ${group.length} steps do, each in places of its own */\nSTEP ${name}(${parameters || 'void'}) {\n${body}\n}`;
}

function bodyOf(placed: PlacedStep, parts: CParts): Body {
  const { step, kernel, number, inputs, output, scratch } = placed;
  const writer = parts.of(number);
  const text = kernel.emit(step, writer).trim();
  // a body that mentions none of them has no use for a pointer
  const used = ({ name }: Pointer): boolean => new RegExp(`\\b${name}\\b`).test(text);
  const restrict = !step.inPlace;
  const read = step.inputs.flatMap((value, i): Pointer[] => {
    const pointer = { type: `const ${cTypes[value?.type ?? 'int8']} *`, name: i === 0 ? 'x' : `x${i}`, restrict, to: inputs[i] as number };
    if (!value || !used(pointer)) return [];
    return [value.data ? { ...pointer, to: writer.constant('constant', value.type, value.data) } : pointer];
  });
  const written: Pointer = { type: `${cTypes[step.output.type]} *`, name: 'y', restrict, to: output };
  const own: Pointer[] = scratch ? [{ type: 'uint8_t *', name: 'scratch', restrict: true, to: scratch.offset }] : [];
  return { placed, pointers: [...read, ...[written, ...own].filter(used)], text };
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
    `kernel ${kernel.name}${kernel.weightBits ? ` with weights of ${kernel.weightBits(step)} bits` : ''}`,
  ];
  return `/* ${commentText(nameOf(step.output))}: ${parts.join('; ')} */`;
}

const nameOf = (value: Declared): string => (value as { readonly name?: string }).name ?? '';
