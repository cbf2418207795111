import { type Dataset, type Model, pretrained, quantize, take } from 'tinylab';
import { trainedAs } from '../../../datasets/pretrained/recipes.ts';
import { integerHits, planted, program, share } from '../../../notebooks/02-quantization/depthwise-net.ts';
import { accuracies, round } from './accuracies.ts';

/** What is measured on, validation, test and hidden images, and what networks are trained and calibrated on. */
export interface Splits {
  readonly train: Dataset;
  readonly sets: readonly Dataset[];
}

const [tensor, channel] = [quantize.tensor(), quantize.channel()];

/** Weights only: the folded network with these bits. */
function weightsOnly(net: Model, { train, sets }: Splits): Record<string, number[]> {
  const on = (model: Model): number[] => accuracies(model, sets);
  const rounded = (model: Model, bits: number, granularity: quantize.Granularity): Model =>
    quantize.quantizeWeights(model, { format: quantize.affineFormat({ bits, symmetric: true }), granularity });
  const corrected = (model: Model): Model => quantize.correctBias(rounded(model, 4, tensor), { reference: model, data: take(train, 200) });
  const equal = quantize.equalizeCrossLayers(net);
  return {
    '8 bits, tensor': on(rounded(net, 8, tensor)),
    '4 bits, tensor': on(rounded(net, 4, tensor)),
    '4 bits, channel': on(rounded(net, 4, channel)),
    '4 bits, tensor, biases corrected': on(corrected(net)),
    '4 bits, tensor, equalized': on(rounded(equal, 4, tensor)),
    '4 bits, tensor, equalized, biases corrected': on(corrected(equal)),
  };
}

/** Programs of 8 bits, weights and activations, calibrated on 100 images: as it is, and with factors of up to 16 planted. */
function programs(net: Model, { train, sets }: Splits): Record<string, number[]> {
  const on = (model: Model, granularity: quantize.Granularity): number[] => {
    const integers = program(model, { granularity, images: take(train, 100) });
    return sets.map(set => round(share(integerHits(integers, set))));
  };
  const found: Record<string, number[]> = { 'program, tensor': on(net, tensor), 'program, channel': on(net, channel) };
  for (const draw of [0, 1, 2]) {
    const model = planted(net, draw);
    found[`planted ${draw}, program, tensor`] = on(model, tensor);
    found[`planted ${draw}, program, channel`] = on(model, channel);
    found[`planted ${draw}, program, tensor, equalized`] = on(quantize.equalizeCrossLayers(model), tensor);
  }
  return found;
}

/** The depthwise network of this seed: the shipped one, or one that was trained as it was. */
export async function depthwise(seed: number, splits: Splits): Promise<Record<string, unknown>> {
  const name = 'fashion-mnist-depthwise';
  const net = seed === 0 ? pretrained(name) : await trainedAs(name, { seed, train: splits.train });
  const folded = quantize.foldBatchNorm(net);
  return { float: accuracies(net, splits.sets), ...weightsOnly(folded, splits), ...programs(folded, splits) };
}
