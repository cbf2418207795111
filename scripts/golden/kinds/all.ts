import { type KernelCase, refuseCase } from '../case.ts';
import type { Trial } from '../draft.ts';
import { alone, conv2d, dense, depthwise, transposedConv } from './layers.ts';
import { isNetwork, network } from './network.ts';
import { transpose } from './transpose.ts';
import { arithmetic, extreme, matmul, oneInput, pad, pool, softmax } from './values.ts';

interface Kind {
  /** Whether a case is of this kind; the first that says so has it. */
  readonly is: (layer: KernelCase) => boolean;
  readonly trial: (layer: KernelCase) => Trial;
}

const named = (word: RegExp) => (layer: KernelCase) => word.test(layer.name) || word.test(layer.text('LAYER_TYPE'));
const has =
  (...keys: readonly string[]) =>
  (layer: KernelCase) =>
    keys.every(key => layer.has(key));
const pools = (word: RegExp) => (layer: KernelCase) => has('INPUT_H')(layer) && !has('OUT_CH')(layer) && named(word)(layer);

/** Every kind of kernel that a case may be of, told by what only its header has, and by its name where headers are alike. */
const kinds: readonly Kind[] = [
  { is: isNetwork, trial: network },
  { is: has('PERM_SIZE'), trial: transpose },
  { is: has('PAD_VALUE'), trial: oneInput(pad) },
  { is: has('ROW_SIZE'), trial: oneInput(softmax) },
  { is: has('LHS_ROWS', 'RHS_ROWS'), trial: matmul },
  { is: has('INPUT1_OFFSET', 'LEFT_SHIFT'), trial: arithmetic('add') },
  { is: has('INPUT1_OFFSET', 'OUTPUT_MULT'), trial: arithmetic('multiply') },
  { is: layer => has('BATCH_1')(layer) && named(/^max/i)(layer), trial: extreme('maximum') },
  { is: layer => has('BATCH_1')(layer) && named(/^min/i)(layer), trial: extreme('minimum') },
  { is: pools(/av(era)?g/i), trial: oneInput(pool('average-pool')) },
  { is: pools(/max/i), trial: oneInput(pool('max-pool')) },
  { is: layer => has('PAD_X_WITH_OFFSET')(layer) || named(/transpose_conv/)(layer), trial: alone(transposedConv) },
  { is: layer => has('FILTER_X')(layer) && (has('CH_MULT')(layer) || named(/^(depthwise|dw_)/)(layer)), trial: alone(depthwise) },
  { is: layer => has('FILTER_X', 'OUT_CH')(layer) && !named(/svdf|lstm/i)(layer), trial: alone(conv2d) },
  { is: layer => has('ACCUMULATION_DEPTH')(layer) || named(/^(fc|fully_connected)/)(layer), trial: alone(dense) },
];

/** The case as something to run. @throws LabError `golden/case` for a kind that is not known, or a header that says too little. */
export function kernelTrial(layer: KernelCase): Trial {
  const kind = kinds.find(({ is }) => is(layer));
  return kind ? kind.trial(layer) : refuseCase('it is of no kind of kernel that is known.');
}
