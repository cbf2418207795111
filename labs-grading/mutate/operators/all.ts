import { branchesSwapped, comparisonTurned, comparisonWidened, conditionNegated } from './conditions.ts';
import { accumulation, argumentOrder, arithmetic, axis, droppedTerm, sign } from './expressions.ts';
import { begunOnce } from './loops.ts';
import { otherOption, staleVariable, wrongName } from './names.ts';
import { constantChanged, extreme, offByOne, power, rounding, unit, wholeNumbers } from './numbers.ts';
import type { Operator } from './operator.ts';
import { droppedStatement, droppedStep, earlyReturn, fewerElements, missingAwait, mutatedInput, statementOrder } from './statements.ts';

/** Every rule by which wrong answers are made. To add one, write it beside its kind and name it here. */
export const operators: readonly Operator[] = [
  axis,
  offByOne,
  sign,
  comparisonTurned,
  comparisonWidened,
  constantChanged,
  arithmetic,
  argumentOrder,
  earlyReturn,
  missingAwait,
  mutatedInput,
  droppedTerm,
  extreme,
  rounding,
  wholeNumbers,
  unit,
  fewerElements,
  wrongName,
  staleVariable,
  conditionNegated,
  branchesSwapped,
  droppedStatement,
  statementOrder,
  droppedStep,
  accumulation,
  begunOnce,
  power,
  otherOption,
];
