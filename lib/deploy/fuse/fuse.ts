import { assertProgram } from '../check-program.ts';
import type { Program } from '../program.ts';
import { mergeClamp } from './clamps.ts';
import { type FusingRule, ProgramDraft } from './draft.ts';
import { dropDequantize, dropQuantize } from './ends.ts';
import { foldPad } from './pads.ts';
import { dropReshape, readThroughReshape } from './reshapes.ts';
import { mergeTables } from './tables.ts';

/** What is fused. */
export interface FuseOptions {
  /**
   * Leaves out `quantize` where an input comes in and `dequantize` where an output goes out: the program then takes and gives integers, whose scale and zero point
   * stand in the tensors (`quantizeInput`, `dequantizeOutput`). Default false.
   */
  readonly integerEnds?: boolean;
}

const always: readonly FusingRule[] = [foldPad, readThroughReshape, dropReshape, mergeClamp, mergeTables];

/**
 * The program in fewer steps that computes the same bytes: borders of zeros become the padding of the convolution or pool behind them; reshapes that nobody looks at
 * are left out; requantizations that only move or clamp integers become part of the step before; functions of 8 bits behind each other become one table; steps
 * whose results nobody needs are dropped. No step is merged where a rounding would be lost.
 * @throws LabError `deploy/program`, `deploy/step`, `deploy/op`, `model/attribute`, `deploy/limit` for a program that cannot run.
 * @example
 * const tensors = [[1, 4, 1], [4, 1], [4]].map((shape, i) => ({ name: `t${i}`, shape, type: 'int8' }));
 * const steps = [0, 1].map(i => ({ op: 'reshape', inputs: [i], outputs: [i + 1], attributes: {} }));
 * fuseProgram({ name: 'net', tensors, steps, inputs: [0], outputs: [2] }).steps.length; // → 1
 */
export function fuseProgram(program: Program, { integerEnds = false }: FuseOptions = {}): Program {
  assertProgram(program);
  const draft = new ProgramDraft(program);
  const rules = integerEnds ? [dropQuantize, dropDequantize, ...always] : always;
  do draft.dropUnread();
  while (changed(draft, rules));
  return draft.program();
}

/** Whether a rule found something to change. */
function changed(draft: ProgramDraft, rules: readonly FusingRule[]): boolean {
  let any = false;
  for (const number of draft.steps.keys()) for (const rule of rules) if (draft.steps[number] && rule(draft, number)) any = true;
  return any;
}
