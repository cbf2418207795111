import { type Model, network } from 'tinylab';
import { type Given, type Mix, mixedGradient, mixedLoss, softened } from './reference.ts';

/** An untrained student: a stand-in with which later cells run. */
const untrained = (seed: number): Model =>
  network('untrained', [28, 28, 1], { seed }).conv2d(8, 3, { strides: 2 }).relu().globalAveragePool().dense(10).model();

/** What `staff(name)` gives to a student who is stuck. Students to hand in are not among it: those that stand for them were never trained. */
export const staffAnswers = {
  softmax: (logits: readonly number[], temperature: number) => softened(logits, temperature),
  distillationLoss: (batch: Given, mix: Mix) => mixedLoss(batch, mix),
  distillationGradient: (batch: Given, mix: Mix) => mixedGradient(batch, mix),
  distilled: [0, 1, 2].map(untrained),
  further: [0, 1, 2].map(untrained),
};
