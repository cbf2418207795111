import { classify, type Dataset, deploy, type Model, pretrained, quantize, take } from 'tinylab';
import { classesOf, once } from './nets.ts';

// The small network with depthwise layers, and what is made of it.

/** Factors of up to 16 planted openly between its layers: the same outputs, and ranges that are far apart. */
export const planted = (net: Model, seed = 0): Model => quantize.plantScales(net, { spread: 16, seed });

/** The network of the question, its batch norms worked into its layers and the factors planted. */
export const plantedNet = (): Model => once('planted', () => planted(quantize.foldBatchNorm(pretrained('fashion-mnist-depthwise'))));

/** Weights and activations of 8 bits, calibrated on images. */
export function program(
  net: Model,
  { granularity, images }: { readonly granularity: quantize.Granularity; readonly images: Dataset },
): deploy.Program {
  const rounded = quantize.quantizeWeights(net, { format: quantize.affineFormat({ bits: 8, symmetric: true }), granularity });
  const intervals = quantize.calibrate(rounded, images);
  return deploy.lowerModel(quantize.quantizeActivations(rounded, { intervals, format: { bits: 8 } }));
}

/** For each image whether a program of integers gets it right. */
export function integerHits(net: deploy.Program, { images, labels }: Dataset): boolean[] {
  const { outputs } = deploy.runProgram(net, [deploy.quantizeInput(net, images)]);
  const found = classesOf(deploy.dequantizeOutput(net, outputs[0] as deploy.Elements));
  return found.map((label, i) => label === labels.data[i]);
}

/** The same of a network of real numbers. */
export const realHits = (net: Model, { images, labels }: Dataset): boolean[] =>
  Array.from(classify(net, images).data, (label, i) => label === labels.data[i]);

/** Share of the first `count` images that are right, by default of all. */
export const share = (hits: readonly boolean[], count = hits.length): number => hits.slice(0, count).filter(Boolean).length / count;
