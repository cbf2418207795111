import type { Mutant } from '../../lab/mutant.ts';

// Known wrong answers to the questions that are measured and trained.

const latency = (measured: string, answer: string): string => `
const measured = await deliver('latencies', async () => (${measured}));
const latencyAnswer = '${answer}';`;
const rows = (macsOf: string, time = 'latency(net, { batch: 8 }).medianMs'): string => `{
  dense: ((net: typeof dense) => ({ macs: ${macsOf}, milliseconds: ${time} }))(dense),
  separable: ((net: typeof dense) => ({ macs: ${macsOf}, milliseconds: ${time} }))(separable),
}`;

const trained = (work: string): string => `const trained = await deliver('trained', async () => ${work});`;

export const measuredMutants: readonly Mutant[] = [
  {
    question: 'latency',
    name: 'FLOPs for MACs',
    answer: latency(rows('flops(net)'), 'b'),
    hint: 'Take macs(net) of the two nets as they are given.',
  },
  {
    question: 'latency',
    name: 'time is not a number',
    answer: latency(rows('macs(net)', 'Number.NaN'), 'b'),
    hint: 'Take medianMs of latency(net): it is in milliseconds.',
  },
  {
    question: 'latency',
    name: 'blames the weights',
    answer: latency(rows('macs(net)'), 'd'),
    hint: 'Fewer weights make a net smaller to store. Here the time goes into activations, which are read and written all the same.',
  },
  {
    question: 'train',
    name: 'never trained',
    answer: trained("vgg({ classes: 10, widths: [16, 'M', 32, 32, 'M', 64, 64], seed: 1 })"),
    hint: 'This network is as it was made. fit returns a new model and leaves the one that it is given',
  },
  {
    question: 'train',
    name: 'too many parameters',
    answer: trained("vgg({ classes: 10, widths: [32, 'M', 64, 'M', 128, 64], seed: 1 })"),
    hint: 'Make the layers narrower: the parameters of a convolution grow with the product of its channels.',
  },
];
