import type { LoopArray, LoopCall, LoopData } from '../../loops/loop.ts';
import { type Fault, StudentFault } from '../student-fault.ts';
import { type ArrayCounts, arrayCounters, type CallCounts, counters, type LoopAnswer, type LoopRequest } from './messages.ts';

/** What to do about an error of a loop, by its code. The words are ours wherever the error comes from. */
const hints: Readonly<Record<string, string>> = {
  'loops/compile': 'Mend the marked place. Numbers are i32 or f32 here, and <f32>x converts.',
  'loops/source':
    'A loop is a text that computes on its arguments: no imports, no objects, nothing outside of its functions but constants.',
  'loops/deadline': 'Write a smaller loop: unroll less, and nest no generics.',
  'loops/memory': 'Write a smaller loop: unroll less, and nest no generics.',
  'loops/thread': 'Run it again. A smaller loop, without types that contain themselves, may need less memory.',
  'loops/call': 'Export one function with the parameters that the question gives, in their order.',
  'loops/endless': 'Does each loop reach its end? Look at what is added to its index, and at the condition.',
  'loops/trap':
    'Is "Not answered yet" still there? If not, look at the indices that each loop reaches, and at what can be 0 in a division.',
  'loops/out-of-bounds': 'Look at the last step of each loop: which index does it reach?',
  'loops/changed-input': 'Write to the output, or to a scratch array.',
};

const longest = 4_000;
/** Memory that is in no array: constants, and pieces of a fixed size. */
const other = 'other';

/**
 * The answers in a reply, which may be hostile: as many as there were calls, each with just the arrays that its call could write, of their kinds and lengths, and
 * counters that are whole numbers. An error of the loop, with its place in the text, and a reply of another form are thrown as faults of the student's side.
 */
export function readReply(request: LoopRequest, reply: unknown): LoopAnswer[] {
  const { answers, error } = fieldsOf(reply);
  if (error !== undefined) throw new StudentFault(faultOf(fieldsOf(error)));
  if (!Array.isArray(answers) || answers.length !== request.calls.length) throw strange('it does not answer each call');
  return request.calls.map((call, i) => readAnswer(call, request, fieldsOf(answers[i])));
}

/** What went wrong in a loop, as a fault of the student's side. */
function faultOf({ code, message }: Readonly<Record<string, unknown>>): Fault {
  if (typeof code !== 'string' || typeof message !== 'string') throw strange('its error is none');
  const text = message.slice(0, longest);
  const place = /^line (\d{1,6}), column (\d{1,6})/.exec(text);
  return {
    kind: 'threw',
    message: text,
    ...(Object.hasOwn(hints, code) && { hint: hints[code] as string }),
    ...(place && { where: `line ${place[1]}, column ${place[2]} of the loop` }),
  };
}

function readAnswer(call: LoopCall, { caches }: LoopRequest, answer: Readonly<Record<string, unknown>>): LoopAnswer {
  const { value } = answer;
  if (value !== undefined && typeof value !== 'number') throw strange('a call gave back no number');
  const outputs = fieldsOf(answer.outputs);
  const writable = call.args.filter((arg): arg is LoopArray => typeof arg === 'object' && (arg.use === 'out' || arg.use === 'inout'));
  if (Object.keys(outputs).length !== writable.length) throw strange('it has other outputs than the call');
  const read = writable.map(array => [array.name, readOutput(array, outputs)] as const);
  return {
    outputs: Object.fromEntries(read),
    ...(value !== undefined && { value }),
    ...(caches && { counts: readCounts(call, fieldsOf(answer.counts), caches.length) }),
  };
}

function readOutput({ name, data }: LoopArray, outputs: Readonly<Record<string, unknown>>): LoopData {
  const got = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (!(got instanceof data.constructor) || (got as LoopData).length !== data.length)
    throw strange(`its output ${name} is of another kind or length`);
  return got as LoopData;
}

function readCounts(call: LoopCall, counts: Readonly<Record<string, unknown>>, levels: number): CallCounts {
  const read = readCounters(counters, counts, levels);
  const byArray = fieldsOf(counts.byArray);
  const names = call.args.flatMap(arg => (typeof arg === 'object' ? [arg.name] : []));
  const parts = [...names, ...(Object.hasOwn(byArray, other) ? [other] : [])];
  if (Object.keys(byArray).length !== parts.length) throw strange('it counts other arrays than the call has');
  const found = parts.map(name => {
    const own = Object.hasOwn(byArray, name) ? byArray[name] : undefined;
    return [name, readCounters(arrayCounters, fieldsOf(own), levels)] as const;
  });
  const sum = (of: (part: ArrayCounts) => number): number => found.reduce((total, [, part]) => total + of(part), 0);
  const agree = arrayCounters.every(name => sum(part => part[name]) === read[name]);
  if (!agree || read.misses.some((misses, level) => misses !== sum(part => part.misses[level] as number)))
    throw strange('its arrays do not add up to the whole');
  return { ...read, byArray: Object.fromEntries(found) };
}

function readCounters<Name extends string>(
  names: readonly Name[],
  counts: Readonly<Record<string, unknown>>,
  levels: number,
): Record<Name, number> & { misses: number[] } {
  const { misses } = counts;
  if (!Array.isArray(misses) || misses.length !== levels) throw strange('it does not count the misses of each cache');
  const read = Object.fromEntries(names.map(name => [name, whole(counts[name])])) as Record<Name, number>;
  return { ...read, misses: misses.map(whole) };
}

function whole(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw strange('a counter is no whole number');
  return value as number;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw strange('it lacks what was asked for');
  return value as Record<string, unknown>;
}

const strange = (what: string): StudentFault =>
  new StudentFault({ kind: 'not a value', message: `The loop's answer came back in a strange form: ${what}.` });
