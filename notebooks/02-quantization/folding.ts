import { array, type NDArray, normal, type Question, question, type Random } from 'tinylab';
import { type BatchNorm, type FoldSlips, fixedPointOf, folded, integerBias, type RealConv } from './integer-reference.ts';
import { type BiasCase, fractionMistakes, integerBiasMistakes } from './scale-slips.ts';
import { allWhole, holdsNaN, ofOtherLength, where } from './seen.ts';

// Two questions on the way to integers: batch norm worked into a layer, and the bias and the multiplier of one.

function normed(rng: Random, i: number): { layer: RealConv; norm: BatchNorm } {
  const [inputs, out] = [[2, 3, 4][i % 3] as number, [3, 5, 2][i % 3] as number];
  const k = [1, 3, 2][i % 3] as number;
  const list = (low: number, high: number): number[] => Array.from({ length: out }, () => rng.uniform(low, high));
  return {
    layer: { kernel: normal(rng, [k, k, inputs, out]), bias: list(-1, 1) },
    norm: { gamma: list(0.4, 1.6), beta: list(-1, 1), mean: list(-2, 2), variance: list(0.02, 0.3), epsilon: rng.pick([1e-3, 1e-2]) },
  };
}

interface Folding {
  readonly layer: RealConv;
  readonly norm: BatchNorm;
}

const factorsOf = ({ gamma, variance, epsilon }: BatchNorm): number[] =>
  gamma.map((g, o) => g / Math.sqrt((variance[o] as number) + epsilon));

const root = 'Divide by the standard deviation: the square root of the variance plus epsilon.';
const noEpsilon = 'Epsilon is missing: the layer was trained with √(σ² + ε).';

/** What may be wrong with a folded kernel. */
function kernelMistakes({ layer, norm }: Folding, got: NDArray): [unknown, string][] {
  const of = (slips: FoldSlips): NDArray => folded(layer, norm, slips).kernel;
  const factor = factorsOf(norm);
  const by = (fn: (f: number, o: number) => number): NDArray =>
    array(
      layer.kernel.shape,
      layer.kernel.data.map((w, i) => w * (factor.map(fn)[i % factor.length] as number)),
    );
  const list = Array.from(got.data);
  const whole = 'The factor of a channel is no whole number: do not round it.';
  return [
    [of({ epsilon: () => 0 }), noEpsilon],
    [of({ root: v => v }), root],
    [of({ axis: 'in' }), 'You scaled input channels. A batch norm scales what comes out: the last axis of the kernel.'],
    [by(f => 1 / f), 'Upside down: multiply each weight by γ / √(σ² + ε).'],
    [by((_, o) => norm.gamma[o] as number), 'The standard deviation is missing: γ / √(σ² + ε).'],
    [by((_, o) => (norm.gamma[o] as number) / Math.sqrt(norm.epsilon)), 'The variance is missing: γ / √(σ² + ε).'],
    [of({ epsilon: e => -e }), 'Epsilon is added to the variance.'],
    [by(Math.round), whole],
    [by(Math.floor), whole],
    [
      array(
        layer.kernel.shape,
        layer.kernel.data.map((_, i) => factor[i % factor.length] as number),
      ),
      'Those are the factors. Multiply the weights by them.',
    ],
    [layer.kernel, 'The kernel is as it was: every weight of output o is multiplied by γ / √(σ² + ε).'],
    [where(holdsNaN(list), got), 'Something is no number: weight number i belongs to output channel i % (number of channels).'],
    [where(allWhole(list), got), 'Weights are no whole numbers yet: keep them in a Float32Array.'],
  ];
}

/** What may be wrong with a folded bias. */
function biasMistakes({ layer, norm }: Folding, got: readonly unknown[]): [unknown, string][] {
  const of = (slips: FoldSlips): number[] => folded(layer, norm, slips).bias;
  const factor = factorsOf(norm);
  const by = (fn: (about: { b: number; beta: number; mean: number; f: number }) => number): number[] =>
    layer.bias.map((b, o) => fn({ b, beta: norm.beta[o] as number, mean: norm.mean[o] as number, f: factor[o] as number }));
  return [
    [of({ epsilon: () => 0 }), noEpsilon],
    [of({ root: v => v }), root],
    [of({ keepsMean: true }), 'The mean is missing: β + (b - μ) · γ / √(σ² + ε).'],
    [of({ keepsBias: true }), 'The bias is as it was: β + (b - μ) · γ / √(σ² + ε).'],
    [of({ biasUnscaled: true }), 'The old bias passes the batch norm too, so it is scaled like the weights.'],
    [by(({ b, mean, f }) => (b - mean) * f), 'β is missing.'],
    [by(({ b, beta, mean, f }) => beta - (b - mean) * f), 'Wrong sign: β + (b - μ) · γ / √(σ² + ε).'],
    [by(({ b, beta, mean, f }) => beta + (b + mean) * f), 'The mean is taken away, not added: β + (b - μ) · γ / √(σ² + ε).'],
    [by(({ b, beta, mean, f }) => beta * (b - mean) * f), 'β is added, not multiplied.'],
    [by(({ b, beta, mean, f }) => beta + b - mean + f), 'The factor is multiplied, not added.'],
    [by(({ b, beta, mean }) => beta + b - mean), 'The factor is missing: β + (b - μ) · γ / √(σ² + ε).'],
    [by(({ b, beta, mean, f }) => beta + (b - mean) / f), 'Multiply by the factor γ / √(σ² + ε), do not divide.'],
    [where(holdsNaN(got), got), 'Something is no number: entry o of each list belongs to output channel o.'],
    [where(ofOtherLength(got, layer.bias), got), 'There is one bias for each output channel.'],
  ];
}

const fold = question(
  'fold-batch-norm',
  { points: 5, title: 'Folding batch norm', uses: ['foldBatchNorm'], withhold: ['foldBatchNorm'] },
  async q => {
    for (const one of q.cases(6, normed)) {
      const got = await q.call('foldBatchNorm', one.layer, one.norm);
      const right = folded(one.layer, one.norm);
      const kernel = q.asArray(q.field(got, 'kernel'), one.layer.kernel.shape);
      q.close(kernel, right.kernel, {
        asked: 'the kernel of foldBatchNorm(layer, norm)',
        known: kernelMistakes(one, kernel),
        hint: 'Each weight times γ / √(σ² + ε) of its output channel, which runs fastest in data.',
      });
      const bias = q.asList(q.field(got, 'bias'));
      q.close(bias, right.bias, {
        asked: 'the bias of foldBatchNorm(layer, norm)',
        known: biasMistakes(one, bias),
        hint: 'β + (b - μ) · γ / √(σ² + ε).',
      });
    }
  },
);

function biased(rng: Random): BiasCase {
  const inputScale = rng.pick([0.0039, 0.021, 0.12]);
  const weightScales = Array.from({ length: rng.int(3, 6) }, () => rng.uniform(0.001, 0.02));
  const bias = weightScales.map(s => inputScale * s * (rng.int(-4000, 4000) + rng.uniform(-0.3, 0.3)));
  return { bias, inputScale, weightScales };
}

const scales = question(
  'bias-and-multiplier',
  { points: 5, title: 'Bias and multiplier', uses: ['quantizeBias', 'fixedPoint'], withhold: ['fixedPoint'] },
  async q => {
    await q.part('bias', { points: 2 }, async () => {
      for (const one of q.cases(5, biased)) {
        const { bias, inputScale, weightScales } = one;
        const got = q.asList(await q.call('quantizeBias', bias, inputScale, weightScales));
        q.equal(got, integerBias(bias, inputScale, weightScales), {
          asked: 'quantizeBias(bias, inputScale, weightScales)',
          known: integerBiasMistakes(one, got),
          hint: 'round(b / (S_x · S_w)) with the scale of each output channel.',
        });
      }
    });
    await q.part('multiplier', { points: 3 }, async () => {
      for (const multiplier of q.cases(6, (rng, i) => ([0.3, 0.0075, 0.6, 0.9, 0.0004, 0.25][i] as number) * rng.uniform(0.95, 1))) {
        const right = fixedPointOf(multiplier);
        const got = await q.call('fixedPoint', multiplier);
        const [n, m0] = [q.asNumber(q.field(got, 'n')), q.asNumber(q.field(got, 'm0'))];
        q.equal(n, right.n, {
          asked: 'n of fixedPoint(multiplier)',
          known: [
            [right.n + 1, 'One doubling too many: M0 lies in [0.5, 1), and yours in [1, 2).'],
            [right.n - 1, 'One doubling too few: M0 lies in [0.5, 1).'],
            [-right.n, 'n counts the halvings of M0 that give M, so it is not negative.'],
            [where(n < right.n, n), 'Too few doublings: M · 2^n is still below 0.5.'],
            [where(n > right.n, n), 'Too many doublings: M · 2^n is 1 or more.'],
          ],
          hint: 'How often must M be doubled until it is at least 0.5?',
        });
        q.equal(m0, right.m0, {
          asked: 'm0 of fixedPoint(multiplier)',
          known: fractionMistakes(multiplier, right.n, m0),
          hint: 'round(M · 2^n · 2^31).',
        });
      }
    });
  },
);

export const foldingQuestions: readonly Question[] = [fold, scales];
