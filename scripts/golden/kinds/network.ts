import { type KernelCase, refuseCase } from '../case.ts';
import { Draft, type Place, type Trial } from '../draft.ts';
import { type AddLayer, conv2d, dense, depthwise } from './layers.ts';
import { pool, softmax } from './values.ts';

// A whole network: keys and arrays carry the number and the op of their layer, as in "CONV_2D_1_OUT_CH" and "layer_1_conv_2d_weights_data".

const weighted: Readonly<Record<string, AddLayer>> = { CONV_2D: conv2d, DEPTHWISE_CONV_2D: depthwise, FULLY_CONNECTED: dense };
const plain: Readonly<Record<string, (draft: Draft, layer: KernelCase, x: Place) => Place>> = {
  AVERAGE_POOL_2D: pool('average-pool'),
  MAX_POOL_2D: pool('max-pool'),
  SOFTMAX: softmax,
};

const layerKey = /^([A-Z][A-Z0-9_]*?)_(\d+)_(?:OUT_CH|IN_CH|INPUT_W)$/;

/** Names and numbers of the layers, in their order. */
function layersOf(network: KernelCase): { readonly op: string; readonly number: number }[] {
  const found = new Map<number, string>();
  for (const key of network.keys) {
    const [, op, number] = layerKey.exec(key) ?? [];
    if (op && number) found.set(Number(number), op);
  }
  return [...found].map(([number, op]) => ({ number, op })).sort((a, b) => a.number - b.number);
}

export const isNetwork = (network: KernelCase): boolean => layersOf(network).length > 1;

export function network(whole: KernelCase): Trial {
  const draft = new Draft();
  const input = whole.needArray('input_data', 'input');
  let x = draft.input(input, [input.length]);
  for (const { op, number } of layersOf(whole)) {
    const layer = whole.part(whole.name, { config: `${op}_${number}_`, arrays: `layer_${number}_${op.toLowerCase()}_` });
    const add = weighted[op];
    const [multiplier, shift] = [layer.array('output_mult_data'), layer.array('output_shift_data')];
    const bias = layer.array('bias_data');
    if (add) {
      const arrays = {
        weights: layer.needArray('weights_data'),
        ...(bias ? { bias } : {}),
        ...(multiplier && shift ? { multiplier, shift } : {}),
      };
      x = add(draft, layer, { x, arrays, types: { input: x.type, output: x.type } });
    } else x = (plain[op] ?? refuseCase(`layer ${number} is of a kind that is not read: ${op}.`))(draft, layer, x);
  }
  return draft.trial(whole.name, x, whole.needArray('output_ref_data', 'output'));
}
