import type { LoopArgument, LoopCall, LoopData } from '../../loops/loop.ts';
import { expected, type LoopProblem } from '../../loops/problems/problem.ts';
import { poison } from '../../loops/run/layout.ts';
import { array, type NDArray } from '../../tensor/array.ts';
import { exact } from '../compare.ts';
import type { Evidence, Finding } from '../record.ts';
import type { LoopAnswer } from './messages.ts';

/** A foreseen mistake: one element of the output that it gives, as a problem's own `element` says the right one, and the hint that mends it. */
export type KnownLoopMistake = readonly [wrong: (call: LoopCall, index: number) => number, hint: string];

/** A call of a student's loop, and what came of it. */
export interface AnsweredCall {
  /** Name of the student's loop. */
  readonly name: string;
  readonly problem: LoopProblem;
  readonly call: LoopCall;
  readonly answer: LoopAnswer;
}

/** What a report says of a wrong output. */
export interface OutputWords {
  readonly known?: readonly KnownLoopMistake[];
  readonly hint?: string;
}

/** Compares an output element by element, exactly; NaN is equal to nothing. What is found names the first wrong element and how many there are. */
export function compareOutput(answered: AnsweredCall, { known = [], hint }: OutputWords): { finding: Finding; evidence: Evidence } {
  const { name, problem, call, answer } = answered;
  const got = answer.outputs[problem.output] as LoopData;
  const right = expected(problem, call);
  const wrong = [...right.keys()].filter(i => got[i] !== right[i]);
  const matching = known.filter(([element]) => gives(got, call, element)).map(([, told]) => told);
  const comparison = {
    about: name,
    got: asArray(got),
    expected: asArray(right),
    args: call.args.flatMap(givenOf),
    passed: wrong.length === 0,
    tolerance: exact,
  };
  const evidence = { comparison, foreseen: { matching, offered: known.map(([, told]) => told) } };
  const asked = `${name}: ${problem.name}`;
  const [first] = wrong;
  if (first === undefined) return { finding: { asked, reason: 'right' }, evidence };
  const count = wrong.length === 1 ? 'the only wrong one' : `the first wrong one; ${wrong.length} of ${right.length} are wrong`;
  const finding = {
    asked,
    reason: 'wrong' as const,
    where: `${problem.output}[${first}], ${count}`,
    expected: String(right[first]),
    got: String(got[first]),
    hint: hint ?? unwritten(got, wrong),
  };
  return { finding, evidence };
}

/** Whether an output is just what a mistake gives. NaN is what a mistake gives that reads what was never written. */
function gives(got: LoopData, call: LoopCall, element: (call: LoopCall, index: number) => number): boolean {
  return got.every((value: number, i: number) => Object.is(value, element(call, i)) || value === element(call, i));
}

/** Before a call outputs hold what nobody computes: where it is still there, or went into a sum, the loop read or left what it had not written. */
function unwritten(got: LoopData, wrong: readonly number[]): string | undefined {
  if (got instanceof Float32Array && wrong.some(i => Number.isNaN(got[i])))
    return 'NaN stands where nothing was written, and comes of adding to what was not: is every element written, and its first value not read?';
  const untouched = new (got.constructor as new (buffer: ArrayBufferLike) => LoopData)(new Uint8Array(4).fill(poison).buffer)[0];
  return wrong.every(i => got[i] === untouched) ? 'These elements were never written: does every loop reach its last index?' : undefined;
}

/** What an argument gives the loop: an output gives it nothing. */
function givenOf(arg: LoopArgument): (number | NDArray)[] {
  if (typeof arg === 'number') return [arg];
  return arg.use === 'in' || arg.use === 'inout' ? [asArray(arg.data)] : [];
}

/** A plain array, so that reports can look at it as at any other. */
function asArray(data: LoopData): NDArray {
  if (data instanceof Float32Array) return array([data.length], data);
  if (data instanceof Int8Array) return array([data.length], data, 'int8');
  if (data instanceof Uint8Array) return array([data.length], data, 'uint8');
  return array([data.length], Int32Array.from(data), 'int32');
}
