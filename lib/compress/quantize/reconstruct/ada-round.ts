import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { gramProduct } from '../gram-product.ts';
import { type RoundingProblem, realOf } from './problem.ts';
import { type ReconstructOptions, reconstructLayers } from './reconstruct-layers.ts';

/** How the rounding is learned. */
export interface AdaRoundOptions {
  /** Steps of Adam for each layer; default 1,000. */
  readonly iterations?: number;
  /** Default 0.01. */
  readonly learningRate?: number;
  /** λ, with errors in units of what nearest rounding costs on average for each weight; default 10. */
  readonly strength?: number;
  /** β of the regularizer at first and at the end; default [20, 2]. */
  readonly beta?: readonly [first: number, last: number];
  /** Share of the steps before the regularizer begins; default 0.2. */
  readonly warmUp?: number;
}

/** What was learned for each weight: how far up it is rounded, 0–1, and the code that follows. */
export interface LearnedRounding {
  /** h(V), near 0 or 1 at the end. */
  readonly up: Float64Array;
  readonly codes: Int32Array;
}

/**
 * The model with convolutions and dense layers quantized by learned rounding: see `learnRounding`. Outputs are compared with those of the float
 * model, while inputs are those of the model as far as it is quantized (the paper's asymmetric reconstruction; without the activation function
 * behind the layer).
 * @throws LabError `quantize/ada-round` for impossible options, `quantize/reconstruct`, `quantize/finite`.
 * @example
 * const model = mlp({ hidden: [4], classes: 10 });
 * const options = { scheme: { format: affineFormat({ bits: 3 }) }, data: strokeGlyphs({ count: 32, seed: 1 }), iterations: 20 };
 * adaRound(model, options).parameters['dense-1.kernel']?.quantization?.bits; // → 3
 */
export function adaRound(model: Model, options: ReconstructOptions & AdaRoundOptions): Model {
  assertOptions(options);
  return reconstructLayers(model, options, { solve: problem => learnRounding(problem, options).codes, target: 'original' });
}

const [zeta, gamma] = [1.1, -0.1];

/**
 * AdaRound (Nagel et al. 2020): min over V of ‖Z - XŴ‖² / N + λ Σ (1 - |2h(V) - 1|^β) with Ŵ = scale · (clip(⌊W / scale⌋ + h(V)) - zero point) and
 * h(V) = clip(σ(V) (ζ - γ) + γ, 0, 1), ζ = 1.1, γ = -0.1: by Adam on the whole of X, through its Gram matrix. h starts where Ŵ = W; the regularizer
 * begins after the warm-up, and β falls linearly, so that first the weights near the middle may change sides and at the end all are at 0 or 1.
 * Errors are measured in what nearest rounding costs on average for each weight, so that λ means the same in every layer.
 */
export function learnRounding(problem: RoundingProblem, options: AdaRoundOptions = {}): LearnedRounding {
  const { iterations = 1000, learningRate = 0.01 } = options;
  const cost = nearestCost(problem);
  const state = startOf(problem);
  const { v, up, weights, floor } = state;
  const slopes = new Float64Array(v.length);
  const adam = adamOf(v, learningRate);
  for (let step = 1; cost > 0 && step <= iterations; step++) {
    roundUp(problem, state);
    slopesOf(problem, state, {
      ...pullAt(step / iterations, options),
      unit: v.length / cost,
      product: gramProduct(problem, weights),
      slopes,
    });
    adam(slopes, step);
  }
  roundUp(problem, state);
  const codes = Int32Array.from(up, (h, i) => clip(floor[i] + (h >= 0.5 ? 1 : 0), problem));
  return { up, codes: cost > 0 ? codes : problem.nearest.slice() };
}

/** What is learned, and what follows from it, for each weight. */
interface State {
  /** V. */
  readonly v: Float64Array;
  /** ⌊W / scale⌋ + zero point. */
  readonly floor: Float64Array;
  /** h(V). */
  readonly up: Float64Array;
  /** Ŵ. */
  readonly weights: Float64Array;
}

function startOf({ weight, scale, zeroPoint }: RoundingProblem): State {
  const floor = weight.map((w, i) => Math.floor(w / scale[i]) + zeroPoint[i]);
  const v = weight.map((w, i) => {
    const sigma = (w / scale[i] + zeroPoint[i] - floor[i] - gamma) / (zeta - gamma);
    return Math.log(sigma / (1 - sigma));
  });
  return { v, floor, up: new Float64Array(v.length), weights: new Float64Array(v.length) };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const clip = (code: number, { low, high }: RoundingProblem): number => Math.min(high, Math.max(low, code));

/** h(V) and Ŵ. Pruned weights stay at the zero point. */
function roundUp(problem: RoundingProblem, { v, floor, up, weights }: State): void {
  const { scale, zeroPoint, pruned } = problem;
  for (let i = 0; i < v.length; i++) {
    up[i] = pruned?.[i] ? 0 : Math.min(1, Math.max(0, sigmoid(v[i]) * (zeta - gamma) + gamma));
    weights[i] = scale[i] * (clip(floor[i] + up[i], problem) - zeroPoint[i]);
  }
}

/** λ and β after this share of the steps. */
function pullAt(share: number, { strength = 10, beta = [20, 2], warmUp = 0.2 }: AdaRoundOptions): { strength: number; exponent: number } {
  const progress = (share - warmUp) / (1 - warmUp);
  return { strength: progress > 0 ? strength : 0, exponent: beta[1] + (beta[0] - beta[1]) * (1 - Math.max(0, progress)) };
}

interface Slopes {
  readonly strength: number;
  readonly exponent: number;
  readonly unit: number;
  /** XᵀXŴ / N. */
  readonly product: ArrayLike<number>;
  readonly slopes: Float64Array;
}

/** The derivative of the loss by V, where h is neither 0 nor 1. */
function slopesOf(problem: RoundingProblem, { v, floor, up }: State, { strength, exponent, unit, product, slopes }: Slopes): void {
  const { scale, aim, low, high, pruned } = problem;
  for (let i = 0; i < v.length; i++) {
    slopes[i] = 0;
    if (up[i] === 0 || up[i] === 1 || pruned?.[i]) continue;
    const inside = floor[i] + up[i] > low && floor[i] + up[i] < high;
    const error = inside ? 2 * unit * scale[i] * (product[i] - aim[i]) : 0;
    const away = 2 * up[i] - 1;
    const pull = strength === 0 ? 0 : -2 * strength * exponent * Math.abs(away) ** (exponent - 1) * Math.sign(away);
    const sigma = sigmoid(v[i]);
    slopes[i] = (error + pull) * (zeta - gamma) * sigma * (1 - sigma);
  }
}

/** A step of Adam, in place. Kingma and Ba 2015. */
function adamOf(v: Float64Array, learningRate: number): (slopes: Float64Array, step: number) => void {
  const [first, second] = [new Float64Array(v.length), new Float64Array(v.length)];
  return (slopes, step) => {
    const rate = (learningRate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
    for (let i = 0; i < v.length; i++) {
      first[i] += 0.1 * (slopes[i] - first[i]);
      second[i] += 0.001 * (slopes[i] ** 2 - second[i]);
      v[i] -= (rate * first[i]) / (Math.sqrt(second[i]) + 1e-8);
    }
  };
}

/** ‖X(Ŵ - W)‖² / N of the nearest codes. */
function nearestCost(problem: RoundingProblem): number {
  const off = problem.weight.map((w, i) => realOf(problem, problem.nearest[i], i) - w);
  const product = gramProduct(problem, off);
  return off.reduce((sum, d, i) => sum + d * product[i], 0);
}

function assertOptions({ iterations = 1000, learningRate = 0.01, strength = 10, beta = [20, 2], warmUp = 0.2 }: AdaRoundOptions): void {
  const fine =
    Number.isInteger(iterations) &&
    iterations >= 0 &&
    learningRate > 0 &&
    strength >= 0 &&
    beta[0] >= beta[1] &&
    beta[1] >= 1 &&
    warmUp >= 0 &&
    warmUp < 1;
  if (!fine)
    throw new LabError(
      'quantize/ada-round',
      `Got iterations ${iterations}, learningRate ${learningRate}, strength ${strength}, beta [${beta}], warmUp ${warmUp}.`,
      'Usual are 1000, 0.01, 10, [20, 2] and 0.2.',
    );
}
