import { accuracy, type Dataset, type Model } from 'tinylab';

/** Four digits, as the recorded figures have. */
export const round = (x: number): number => Math.round(x * 1e4) / 1e4;

/** Accuracies of a model on some sets of examples, in their order. */
export const accuracies = (model: Model, sets: readonly Dataset[]): number[] => sets.map(set => round(accuracy(model, set)));
