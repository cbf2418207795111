import { type Given, type Mix, mixedGradient, mixedLoss, softened } from './reference.ts';

/** What `staff(name)` gives to a student who is stuck. */
export const staffAnswers = {
  softmax: (logits: readonly number[], temperature: number) => softened(logits, temperature),
  distillationLoss: (batch: Given, mix: Mix) => mixedLoss(batch, mix),
  distillationGradient: (batch: Given, mix: Mix) => mixedGradient(batch, mix),
};
