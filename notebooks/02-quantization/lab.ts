// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: TypeScript (TinyLab)
//     language: typescript
//     name: tinylab
// ---

// %% [markdown]
// # Lab 02 · Quantization
//
// Each weight of the network below is a number of 32 bits. In this lab you store it with
// 4, with 2 and with 1; then you build layers that compute with integers alone, as a
// microcontroller does.
//
// - Go from top to bottom: answer, run, check. Checks tell what usually causes a wrong
//   answer.
// - An *example* shows what a task wants, on numbers small enough to follow by hand.
// - *Predict* means: put your guess in place of `'?'` and run that cell before you go on.
//   The first guess is kept, shown beside what comes, and costs no points.
// - Stuck? `const kMeans = await staff('kMeans');` takes the lab's version of an earlier
//   answer, so you can go on.
//
// {{questions}}, {{total}}.

// %%
import {
  accuracy,
  array,
  check,
  checkAll,
  type Dataset,
  deliver,
  deploy,
  facets,
  loadDataset,
  type Model,
  modelSize,
  type NDArray,
  oneCycleSchedule,
  plot,
  predict,
  pretrained,
  quantize,
  realValue,
  refreshBatchNorm,
  reveal,
  staff,
  table,
  take,
  withParameters,
} from 'tinylab';

// %%
const { train, validation, test } = await loadDataset('fashion-mnist');
const dense = pretrained('fashion-mnist-vgg');
const few = take(test, 500);

// %% [markdown]
// `dense` is the network of the lab on pruning: eight convolutions and a classifier for
// pictures of clothes ([Fashion-MNIST](https://arxiv.org/abs/1708.07747)). The weights of
// its layers lie in `dense.parameters['conv2d-1.kernel'].value.data` and so on.

// %%
const kernels = Object.keys(dense.parameters).filter(name => name.endsWith('.kernel'));

/** The weights of this name, as a list of numbers. */
const weightsOf = (name: string): number[] =>
  Array.from(dense.parameters[name]!.value.data);

table(kernels.map(name => ({ weight: name, count: weightsOf(name).length })));

// %% [markdown]
// ## 1 · {{title}} ({{points}})
//
// Let the weights of a layer share a few numbers, its **code book**. Each weight then
// stores only which of them it is, its **label**: b bits tell 2^b numbers apart
// ([Han et al. 2016](https://arxiv.org/abs/1510.00149)). K-means finds a good code book:
//
// 1. Begin with 2^b centroids from the smallest weight to the largest, both included,
//    equally far apart.
// 2. Label each weight with the nearest centroid.
// 3. Move each centroid to the mean of its weights. One without weights stays.
// 4. Go on with 2 until no label changes.
//
// **Example.** Weights 0, 1, 2, 8, 9 and 1 bit:
//
// | step | comes to |
// | --- | --- |
// | first centroids | 0, 9 |
// | labels | 0, 0, 0, 1, 1 |
// | means | 1, 8.5 |
// | labels again | 0, 0, 0, 1, 1: done |
//
// **Write** `kMeans`. It returns `{ codebook, labels }`. (Layers have up to 147,456 weights:
// `Math.min(...weights)` fails on so many, `weights.reduce((a, b) => Math.min(a, b))` does not.)

// %% given="clusters-type"
interface Clusters {
  /** The centroids. */
  codebook: number[];
  /** For each weight the place of its centroid in the code book, from 0. */
  labels: number[];
}

// %% answer="k-means"
function kMeans(weights: number[], bits: number): Clusters {
  // ### BEGIN SOLUTION
  const low = weights.reduce((a, b) => Math.min(a, b));
  const high = weights.reduce((a, b) => Math.max(a, b));
  const count = 2 ** bits;
  let codebook = Array.from(
    { length: count },
    (_, k) => low + ((high - low) * k) / (count - 1),
  );
  const nearest = (weight: number) => {
    const distances = codebook.map(entry => Math.abs(entry - weight));
    return distances.indexOf(Math.min(...distances));
  };
  let labels = weights.map(nearest);
  for (;;) {
    const sums = new Array<number>(count).fill(0);
    const members = new Array<number>(count).fill(0);
    weights.forEach((weight, i) => {
      sums[labels[i]!]! += weight;
      members[labels[i]!]!++;
    });
    codebook = codebook.map((old, k) =>
      members[k]! > 0 ? sums[k]! / members[k]! : old,
    );
    const next = weights.map(nearest);
    if (next.every((label, i) => label === labels[i])) return { codebook, labels };
    labels = next;
  }
  // ### END SOLUTION
}

// %% check="k-means"

// %%
const example = weightsOf('conv2d-4.kernel').slice(0, 2000);
facets(
  [2, 3].map(bits => {
    const { codebook, labels } = kMeans(example, bits);
    const counts = codebook.map((_, k) => labels.filter(label => label === k).length);
    return plot.bar(
      Object.fromEntries(codebook.map((entry, k) => [entry.toFixed(3), counts[k]!])),
      { title: `${bits} bits: weights of each entry` },
    );
  }),
  { columns: 2, height: 260 },
);

// %% [markdown]
// ## 2 · {{title}} ({{points}})
//
// **Example.** 100 weights at 2 bits: 100 · 2 bits = 25 bytes of labels, and a code book of
// 4 numbers of 32 bits, 16 bytes. Together 41.
//
// **Answer** in `distinctValues`: how many different weights does a layer have at most, at
// 4 bits? And in `layerBytes`: how many bytes take 18,432 weights at 3 bits, labels and
// code book (32-bit numbers)?
//
// With 1 bit the accuracy of this network falls from 0.906 to 0.100: it guesses. A pass of
// 1,280 training images that only measures the means and variances of its batch norms anew
// brings back 0.835. **Answer** in `oneBit`: why?
//
// - **a** All weights of a layer have become equal, and batch norm tells them apart.
// - **b** The two values were badly chosen, and batch norm moves them.
// - **c** Sums of such weights have other means and other spreads than those that the batch
//   norms had measured, so what they pass on was shifted out of sight.
// - **d** Accuracy varies that much from one run to the next.
//
// This letter is noted by the check, and judged when the lab is graded.

// %% answer="code-book-size"
// const distinctValues = …;
// const layerBytes = …;
// const oneBit = '?'; // a letter
// ### BEGIN SOLUTION
const distinctValues = 16;
const layerBytes = 6944;
const oneBit = 'c';
// ### END SOLUTION

// %% check="code-book-size"

// %% [markdown]
// ## 3 · {{title}} ({{points}})
//
// A code book can be trained while the labels stay. An entry moves all of its weights, so
// its gradient is the **sum** of theirs:
//
// new entry k = old entry k − rate · Σ gradient of the weights with label k
//
// **Example.** Code book 1, 5; labels 0, 1, 0; gradients 2, −1, 3; rate 0.1. Entry 0 becomes
// 1 − 0.1 · (2 + 3) = 0.5, entry 1 becomes 5 − 0.1 · (−1) = 5.1.
//
// The other way: train the weights themselves and, now and then, move each entry to the
// **mean** of its weights. In the example, with weights 0.8, 4, 1.4: entry 0 becomes 1.1 and
// entry 1 becomes 4.
//
// **Write** both. An entry without weights stays as it is.

// %% answer="code-book-training"
function stepCodebook(
  { codebook, labels }: Clusters,
  gradient: number[],
  rate: number,
): number[] {
  // ### BEGIN SOLUTION
  const moved = [...codebook];
  for (const [i, label] of labels.entries()) moved[label]! -= rate * gradient[i]!;
  return moved;
  // ### END SOLUTION
}
function refitCodebook({ codebook, labels }: Clusters, weights: number[]): number[] {
  // ### BEGIN SOLUTION
  return codebook.map((old, k) => {
    const members = weights.filter((_, i) => labels[i] === k);
    return members.length > 0
      ? members.reduce((a, b) => a + b, 0) / members.length
      : old;
  });
  // ### END SOLUTION
}

// %% check="code-book-training"

// %% [markdown]
// ## 4 · {{title}} ({{points}})
//
// Two bits a weight for all nine layers: four numbers a layer. With the code books of k-means
// the accuracy falls from 0.906 to about 0.60.
//
// (Among five networks like this one 0.60 is the lowest and 0.78 the highest.)
//
// **Predict:** how far does a refresh of the batch-norm statistics bring it back, without any
// training? `refreshBatchNorm(model, train, { batches: 20 })` measures them anew on 1,280
// images.

// %%
await predict('two-bits', '?'); // an accuracy, such as 0.75

// %% [markdown]
// **Write** the work inside `deliver`: every kernel of `dense` with the weights that your
// `kMeans` gives them at 2 bits, then the refresh. It takes a quarter of a minute.
// `withParameters(model, { [name]: { value: array(shape, weights) } })` returns a model with
// other weights; `array(…).shape` of the old one is `dense.parameters[name]!.value.shape`.

// %% answer="recovered"
const recovered = await deliver('recovered', () => {
  // ### BEGIN SOLUTION
  let model = dense;
  for (const name of kernels) {
    const { codebook, labels } = kMeans(weightsOf(name), 2);
    const shared = labels.map(label => codebook[label]!);
    const { shape } = dense.parameters[name]!.value;
    model = withParameters(model, { [name]: { value: array(shape, shared) } });
  }
  return refreshBatchNorm(model, train, { batches: 20 });
  // ### END SOLUTION
});

// %% check="recovered"

// %%
reveal('two-bits', accuracy(recovered, few));

// %% [markdown]
// How much is lost depends on the bits. Below are five networks like this one (one of them
// is yours), on 2,000 test images: code books alone, and with refreshed batch norms; the
// third colour is your result. **Look:** from how many bits on is a refresh worth while?

// %%
const codeBooksAlone = {
  8: [0.905, 0.908, 0.914, 0.902, 0.916],
  4: [0.8975, 0.9025, 0.9095, 0.9035, 0.906],
  2: [0.603, 0.6435, 0.7095, 0.6975, 0.7755],
  1: [0.1, 0.152, 0.1125, 0.107, 0.1],
};
const codeBooksRefreshed = {
  8: [0.908, 0.905, 0.9115, 0.9025, 0.915],
  4: [0.9065, 0.903, 0.911, 0.9025, 0.913],
  2: [0.9, 0.893, 0.898, 0.88, 0.9025],
  1: [0.8345, 0.792, 0.7545, 0.862, 0.7515],
};
const dots = (figures: Record<number, number[]>) =>
  Object.entries(figures).flatMap(([bits, all]) =>
    all.map(y => ({ x: Number(bits), y })),
  );

// %%
plot.scatter(
  {
    'code books alone': dots(codeBooksAlone),
    'batch norms refreshed': dots(codeBooksRefreshed),
    'yours, on 500 images': [{ x: 2, y: accuracy(recovered, few) }],
  },
  {
    title: 'Accuracy with code books of 8, 4, 2 and 1 bits',
    x: { title: 'Bits a weight', range: [0, 9] },
    y: { title: 'Accuracy', percent: true, range: [0, 1] },
  },
);

// %% [markdown]
// ## 5 · {{title}} ({{points}})
//
// A code book must be looked up before anything is multiplied. **Linear** quantization
// makes the labels themselves numbers to compute with: integers q on a grid of equal steps.
//
// r = S · (q − Z), so q = clamp(round(r / S) + Z)
//
// S is the **scale**, what one step is worth; Z the **zero point**, the integer that stands
// for 0. With b bits and a sign, q goes from −2^(b−1) to 2^(b−1) − 1, and what lies beyond is
// clamped to the end that it passed.
//
// **Example.** 2 bits, S = 0.5, Z = −1, so q is −2, −1, 0 or 1:
//
// | r | r / S | rounded, + Z | q |
// | --- | --- | --- | --- |
// | 0.4 | 0.8 | 1 − 1 | 0 |
// | −0.6 | −1.2 | −1 − 1 | −2 |
// | 2.3 | 4.6 | 5 − 1 = 4 | 1, clamped |
//
// **Write** `linearQuantize`.

// %% given="grid-type"
interface Grid {
  bits: number;
  scale: number;
  zeroPoint: number;
}

// %% answer="linear-quantize"
function linearQuantize(values: number[], { bits, scale, zeroPoint }: Grid): number[] {
  // ### BEGIN SOLUTION
  const low = -(2 ** (bits - 1));
  const high = 2 ** (bits - 1) - 1;
  return values.map(r =>
    Math.min(high, Math.max(low, Math.round(r / scale) + zeroPoint)),
  );
  // ### END SOLUTION
}

// %% check="linear-quantize"

// %% [markdown]
// ## 6 · {{title}} ({{points}})
//
// The grid should cover the values, and 0 must be on it exactly: zeros are everywhere
// (borders of images, ReLU, pruned weights).
//
// - The range goes from low = min(0, smallest value) to high = max(0, largest value).
// - S = (high − low) / (2^b − 1): 2^b integers have 2^b − 1 steps between them.
// - low is stored as −2^(b−1), so Z = round(−2^(b−1) − low / S), clamped like any integer.
//
// **Example.** Values 0.5, 2, 3 at 2 bits: low = 0, high = 3, S = 3 / 3 = 1 and
// Z = −2 − 0 = −2. So 0 is stored as −2 and 3 as 1.
//
// **Write** `scaleAndZeroPoint`. (In the cases some value is never 0.)

// %% answer="scale-and-zero-point"
function scaleAndZeroPoint(
  values: number[],
  bits: number,
): { scale: number; zeroPoint: number } {
  // ### BEGIN SOLUTION
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const first = -(2 ** (bits - 1));
  const last = 2 ** (bits - 1) - 1;
  const scale = (high - low) / (last - first);
  const zeroPoint = Math.min(last, Math.max(first, Math.round(first - low / scale)));
  return { scale, zeroPoint };
  // ### END SOLUTION
}

// %% check="scale-and-zero-point"

// %%
const histogramOfLayer = weightsOf('conv2d-2.kernel');
const grids = [2, 3, 4].map(bits => {
  const { scale, zeroPoint } = scaleAndZeroPoint(histogramOfLayer, bits);
  const q = linearQuantize(histogramOfLayer, { bits, scale, zeroPoint });
  return { bits, real: q.map(value => scale * (value - zeroPoint)) };
});
facets(
  [
    plot.histogram(array([histogramOfLayer.length], histogramOfLayer), {
      title: 'conv2d-2.kernel, 32 bits',
      bins: 60,
    }),
    ...grids.map(({ bits, real }) =>
      plot.histogram(array([real.length], real), { title: `${bits} bits`, bins: 60 }),
    ),
  ],
  { columns: 2, height: 240 },
);

// %% [markdown]
// ## 7 · {{title}} ({{points}})
//
// Weights lie around 0, so their grid may be **symmetric**: Z = 0, and the largest |w| is
// stored as 2^(b−1) − 1. Then S = largest |w| / (2^(b−1) − 1).
//
// **Example.** Two rows, 8 bits: the largest magnitudes are 1.27 and 0.254. One scale for
// both is 1.27 / 127 = 0.01. One for each row: 0.01 and 0.002, so the second row has five
// times finer steps.
//
// **Write** `channelScales`: the weight is a matrix [outputs, inputs], and each row gets a
// scale of its own. `weight.data` holds it row by row.
//
// **Answer** in `errorsShrink`: why do errors shrink with a scale for each channel?
//
// - **a** Each channel has more integers than before.
// - **b** A channel of small weights gets small steps, instead of those of the largest one.
// - **c** Each channel has a zero point of its own.
// - **d** Values are rounded more carefully.

// %% answer="per-channel"
// const errorsShrink = '?'; // a letter
function channelScales(weight: NDArray, bits: number): number[] {
  // ### BEGIN SOLUTION
  const [rows, columns] = weight.shape as [number, number];
  return Array.from({ length: rows }, (_, r) => {
    const row = Array.from(weight.data.slice(r * columns, (r + 1) * columns));
    return Math.max(...row.map(Math.abs)) / (2 ** (bits - 1) - 1);
  });
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const errorsShrink = 'b';
// ### END SOLUTION

// %% check="per-channel"

// %% [markdown]
// The channels of one layer, sorted by the scale that each would like to have. The one scale
// that all share is that of the largest. **Look:** how many steps of a channel at the right
// end lie unused then?

// %%
function outputRows(kernel: NDArray): NDArray {
  const outputs = kernel.shape.at(-1)!;
  const size = kernel.data.length / outputs;
  return array(
    [outputs, size],
    Float32Array.from(
      kernel.data,
      (_, i) => kernel.data[(i % size) * outputs + Math.floor(i / size)]!,
    ),
  );
}
const layerShown = dense.parameters['conv2d-4.kernel']!.value;
const wished = channelScales(outputRows(layerShown), 4).sort((a, b) => b - a);

// %%
plot.line(
  { 'its own': wished, 'one for all': wished.map(() => wished[0]!) },
  {
    title: 'conv2d-4.kernel: a scale for each of 64 channels, 4 bits',
    x: 'Channel, sorted',
    y: { title: 'Scale', range: [0, 1.1 * wished[0]!] },
  },
);

// %% [markdown]
// What it is worth: five networks with nothing but their weights rounded, batch norms worked
// into the kernels, mean accuracy on 2,000 test images. A *group* is 32 weights of a channel
// with a scale of their own; *affine* means a zero point too (question 6).
// **Look:** at which bits does the choice begin to matter, and what do 2 bits need?

// %%
const roundedWeights = {
  symmetric: {
    tensor: [0.909, 0.909, 0.902, 0.856, 0.1],
    channel: [0.908, 0.908, 0.906, 0.892, 0.171],
    'group of 32': [0.908, 0.909, 0.907, 0.896, 0.567],
  },
  affine: {
    tensor: [0.909, 0.908, 0.903, 0.884, 0.184],
    channel: [0.909, 0.908, 0.903, 0.888, 0.769],
    'group of 32': [0.909, 0.908, 0.905, 0.899, 0.866],
  },
};
const bitsShown = [8, 6, 4, 3, 2];

// %%
facets(
  Object.entries(roundedWeights).map(([kind, byScope]) =>
    plot.line(byScope, {
      title: kind,
      at: bitsShown,
      markers: true,
      x: { title: 'Bits a weight', range: [1.5, 8.5] },
      y: { title: 'Accuracy', percent: true, range: [0, 1] },
    }),
  ),
  { columns: 2, height: 330 },
);

// %% [markdown]
// ## 8 · {{title}} ({{points}})
//
// From here on the layers themselves compute with integers. Batch norm has to go first: in
// use it only multiplies and adds, y = γ · (x − μ) / √(σ² + ε) + β for each channel, so the
// convolution before it can do that too
// ([Jacob et al. 2018](https://arxiv.org/abs/1712.05877), section 3.2):
//
// - kernel of output channel o, times γ[o] / √(σ²[o] + ε)
// - bias β[o] + (bias[o] − μ[o]) · γ[o] / √(σ²[o] + ε)
//
// **Example.** γ = 2, σ² = 0.24, ε = 0.01: the factor is 2 / √0.25 = 4. With β = 1, μ = 3
// and bias 0.5 the new bias is 1 + (0.5 − 3) · 4 = −9.
//
// **Write** `foldBatchNorm`. The kernel is [height, width, inputs, outputs]; in `data` the
// outputs run fastest.

// %% given="layer-types"
interface Layer {
  kernel: NDArray;
  bias: number[];
}
interface BatchNorm {
  gamma: number[];
  beta: number[];
  mean: number[];
  variance: number[];
  epsilon: number;
}

// %% answer="fold-batch-norm"
function foldBatchNorm({ kernel, bias }: Layer, norm: BatchNorm): Layer {
  // ### BEGIN SOLUTION
  const factor = norm.gamma.map(
    (gamma, o) => gamma / Math.sqrt(norm.variance[o]! + norm.epsilon),
  );
  const data = Float32Array.from(kernel.data, (w, i) => w * factor[i % factor.length]!);
  return {
    kernel: array(kernel.shape, data),
    bias: bias.map((b, o) => norm.beta[o]! + (b - norm.mean[o]!) * factor[o]!),
  };
  // ### END SOLUTION
}

// %% check="fold-batch-norm"

// %% [markdown]
// ## 9 · {{title}} ({{points}})
//
// With input x = S_x · (q_x − Z_x) and symmetric weights w = S_w · q_w a layer's sum is
//
// S_x · S_w · ( Σ (q_x − Z_x) · q_w + q_bias ), with q_bias = round(bias / (S_x · S_w))
//
// So the bias has the scale of the products; it takes 32 bits, like the sum. The result is
// stored with the scale S_y of the output, so the sum is multiplied by
// M = S_x · S_w / S_y. There are no real numbers on the chip: M is stored as an integer too.
// Write M = M0 · 2^(−n) with M0 from 0.5 up to 1, and keep m0 = round(M0 · 2^31): the chip
// multiplies by m0 and shifts to the right.
//
// **Example.** M = 0.3 = 0.6 · 2^(−1): n = 1, m0 = round(0.6 · 2147483648) = 1288490189.
// And a bias of 0.5 with S_x = 0.02 and S_w = 0.001 is 0.5 / 0.00002 = 25000.
//
// **Write** `quantizeBias` (one weight scale for each output channel) and `fixedPoint`
// (0 < M < 1).

// %% answer="bias-and-multiplier"
function quantizeBias(
  bias: number[],
  inputScale: number,
  weightScales: number[],
): number[] {
  // ### BEGIN SOLUTION
  return bias.map((b, o) => Math.round(b / (inputScale * weightScales[o]!)));
  // ### END SOLUTION
}
function fixedPoint(multiplier: number): { m0: number; n: number } {
  // ### BEGIN SOLUTION
  let n = 0;
  while (multiplier * 2 ** n < 0.5) n++;
  return { m0: Math.round(multiplier * 2 ** n * 2 ** 31), n };
  // ### END SOLUTION
}

// %% check="bias-and-multiplier"

// %% [markdown]
// ## 10 · {{title}} ({{points}})
//
// Now a layer. For each output o:
//
// 1. sum = Σ (x[i] − Z_x) · weight[o][i], plus bias[o]
// 2. round(multiplier[o] · sum) + Z_y
// 3. clamp to −128 … 127
//
// (Here `multiplier` is a real number; with m0 and n not one output in ten million differs.)
//
// **Example.** x = [10, −128], Z_x = −128, weight [[3, 5]], bias [−14], multiplier [0.1],
// Z_y = 7. The sum is 138 · 3 + 0 · 5 − 14 = 400, so 40 + 7 = 47.
//
// **Adding** two values (as a skip connection does) works alike. Each lies on a grid of its
// own, so their integers cannot be added as they are: the sum is stored as
// round((S_a · (a − Z_a) + S_b · (b − Z_b)) / S_y) + Z_y, clamped to −128 … 127.
//
// **Example.** a = 100 with S_a = 0.02 and Z_a = 0 stands for 2, b = 60 with S_b = 0.05 and
// Z_b = −20 for 4. With S_y = 0.05 and Z_y = 10: 6 / 0.05 + 10 = 130, clamped to 127.
//
// **Write** `integerDense` and `integerAdd`.

// %% given="integer-types"
interface Requantization {
  /** Z_x and Z_y. */
  inputZeroPoint: number;
  outputZeroPoint: number;
  /** One for each output channel. */
  multiplier: number[];
  bias: number[];
}
interface IntegerDense extends Requantization {
  /** One row for each output. */
  weight: number[][];
}
interface IntegerConv extends Requantization {
  /** Integers, [height, width, inputs, outputs]. */
  kernel: NDArray;
  stride: number;
  /** Places added on every side of the image. */
  padding: number;
}
/** How integers are stored: q stands for scale · (q − zeroPoint). */
interface Stored {
  scale: number;
  zeroPoint: number;
}
interface OnGrid extends Stored {
  q: number[];
}

// %% answer="integer-dense"
function integerDense(x: number[], layer: IntegerDense): number[] {
  // ### BEGIN SOLUTION
  const { weight, bias, multiplier, inputZeroPoint, outputZeroPoint } = layer;
  return weight.map((row, o) => {
    let sum = bias[o]!;
    for (const [i, w] of row.entries()) sum += (x[i]! - inputZeroPoint) * w;
    const q = Math.round(multiplier[o]! * sum) + outputZeroPoint;
    return Math.min(127, Math.max(-128, q));
  });
  // ### END SOLUTION
}
function integerAdd(a: OnGrid, b: OnGrid, out: Stored): number[] {
  // ### BEGIN SOLUTION
  return a.q.map((first, i) => {
    const real = a.scale * (first - a.zeroPoint) + b.scale * (b.q[i]! - b.zeroPoint);
    const stored = Math.round(real / out.scale) + out.zeroPoint;
    return Math.min(127, Math.max(-128, stored));
  });
  // ### END SOLUTION
}

// %% check="integer-dense"

// %% [markdown]
// ## 11 · {{title}} ({{points}})
//
// A convolution is the same at each place: the sum runs over the kernel's places and the
// input channels. A place of the border is worth 0, so what is *stored* there would be Z_x,
// and it adds nothing.
//
// **Example.** An image of 1 × 2 places and one channel, [5, 9], Z_x = 5; kernel 1 × 3, all
// of it 2; padding 1 (rows too, but the kernel has one row: look at the middle one). At the
// first place: border, 5 and 9 give 0 + 0 · 2 + 4 · 2 = 8.
//
// `x.data[(row * width + column) * inputs + c]` is a value of the image, and
// `kernel.data[((i * kernelWidth + j) * inputs + c) * outputs + o]` a weight. The output has
// floor((height + 2 · padding − kernel height) / stride) + 1 rows, and columns likewise.
//
// **Write** `integerConv2d`. It returns `array([rows, columns, outputs], values, 'int8')`.

// %% answer="integer-conv"
function integerConv2d(x: NDArray, layer: IntegerConv): NDArray {
  // ### BEGIN SOLUTION
  const { kernel, bias, multiplier, stride, padding } = layer;
  const { inputZeroPoint, outputZeroPoint } = layer;
  const [height, width, inputs] = x.shape as [number, number, number];
  const [tall, wide, , outputs] = kernel.shape as [number, number, number, number];
  const rows = Math.floor((height + 2 * padding - tall) / stride) + 1;
  const columns = Math.floor((width + 2 * padding - wide) / stride) + 1;
  const y = new Int8Array(rows * columns * outputs);
  for (let place = 0; place < rows * columns; place++)
    for (let o = 0; o < outputs; o++) {
      let sum = bias[o]!;
      for (let i = 0; i < tall; i++)
        for (let j = 0; j < wide; j++) {
          const row = Math.floor(place / columns) * stride + i - padding;
          const column = (place % columns) * stride + j - padding;
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          for (let c = 0; c < inputs; c++) {
            const value = x.data[(row * width + column) * inputs + c]!;
            const w = kernel.data[((i * wide + j) * inputs + c) * outputs + o]!;
            sum += (value - inputZeroPoint) * w;
          }
        }
      const q = Math.round(multiplier[o]! * sum) + outputZeroPoint;
      y[place * outputs + o] = Math.min(127, Math.max(-128, q));
    }
  return array([rows, columns, outputs], y, 'int8');
  // ### END SOLUTION
}

// %% check="integer-conv"

// %% [markdown]
// ## 12 · {{title}} ({{points}})
//
// Pixels are bytes, 0 to 255, and the network takes them as real numbers from 0 to 1. With
// 8 bits the range [0, 1] has the scale 1/255 and the zero point −128.
//
// **Write** `toInteger`: a pixel as the integer that the network of integers takes.

// %% answer="input-grid"
function toInteger(pixel: number): number {
  // ### BEGIN SOLUTION
  return pixel - 128;
  // ### END SOLUTION
}

// %% check="input-grid"

// %% [markdown]
// ## 13 · {{title}} ({{points}})
//
// The sum of a layer goes into an **accumulator**. With b bits it holds −2^(b−1) …
// 2^(b−1) − 1, and what does not fit wraps around: one more than the largest is the smallest.
//
// **Example.** 8 bits, products 100, 60 and −20. The sum 140 is more than 127, so it becomes
// 140 − 256 = −116.
//
// **Write** `addUp`: the sum as an accumulator of so many bits shows it.
//
// **Answer** in `accumulatorBits`: how many bits, the sign included, take 1,152 products of
// up to 128 · 127 in size without ever wrapping?
//
// On a computer the sums are often done in float32, which has 24 bits for the digits of a
// number. **Answer** in `floatSums`: when does that give another result than integers?
//
// - **a** When a sum overflows.
// - **b** When a partial sum has a size of more than 2^24: then odd numbers are lost.
// - **c** Always: float32 is never exact.
// - **d** When the products are added in another order, whatever their size.

// %% answer="accumulators"
// const accumulatorBits = …;
// const floatSums = '?'; // a letter
function addUp(products: number[], bits: number): number {
  // ### BEGIN SOLUTION
  const total = products.reduce((a, b) => a + b, 0);
  const size = 2 ** bits;
  const wrapped = ((total % size) + size) % size;
  return wrapped < size / 2 ? wrapped : wrapped - size;
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const accumulatorBits = 26;
const floatSums = 'b';
// ### END SOLUTION

// %% check="accumulators"

// %% [markdown]
// ## 14 · {{title}} ({{points}})
//
// Activations need a grid too, and nobody knows them before images go through. So a few
// images are sent, and the grid is laid over what was seen: **calibration**. From the smallest
// to the largest value, nothing is clipped, but one far value makes all steps wide. A lower
// end clips it and makes the steps finer. What is best? Try: the clip whose values lie nearest
// to the true ones.
//
// After a ReLU all values are ≥ 0, so the grid goes from 0 to the clip in 2^b − 1 steps:
// step = clip / (2^b − 1), and v becomes min(2^b − 1, round(v / step)) · step.
//
// **Example.** Values 0.2, 0.9, 4; 1 bit. Clip 4: step 4, they become 0, 0, 4, and the mean of
// the squared errors is (0.04 + 0.81 + 0) / 3 = 0.28. Clip 1: step 1, they become 0, 1, 1:
// (0.04 + 0.01 + 9) / 3 = 3.02.
//
// **Write** `bestClip`: of the clips offered, the one with the smallest mean squared error.

// %% answer="calibration"
// const twoBits = '?'; // a letter, see below
// const fewImages = '?'; // a letter, see below
function bestClip(values: number[], bits: number, clips: number[]): number {
  // ### BEGIN SOLUTION
  const steps = 2 ** bits - 1;
  const errors = clips.map(clip => {
    const step = clip / steps;
    const squares = values.map(
      v => (Math.min(steps, Math.round(v / step)) * step - v) ** 2,
    );
    return squares.reduce((a, b) => a + b) / squares.length;
  });
  return clips[errors.indexOf(Math.min(...errors))]!;
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const twoBits = 'c';
const fewImages = 'b';
// ### END SOLUTION

// %% check="calibration"

// %% [markdown]
// Five networks like this one, trained from other seeds. Weights, input and output have 8
// bits, what lies between has 8 or 2, calibrated on 100 images; accuracy on 1,000 test images,
// mean (lowest … highest network):
//
// | between | largest value | 99 % of the values | smallest squared error |
// | --- | --- | --- | --- |
// | 8 bits | 0.912 (0.901 … 0.922) | 0.905 (0.897 … 0.913) | 0.912 (0.904 … 0.922) |
// | 2 bits | 0.545 (0.423 … 0.643) | 0.884 (0.874 … 0.892) | 0.882 (0.869 … 0.899) |
//
// And at 8 bits, calibrated on few images: five random draws for each network, the worst draw
// of the network that suffers most, beside the same network with 100 images:
//
// | images | worst draw | with 100 images |
// | --- | --- | --- |
// | 1 | 0.891 | 0.922 |
// | 10 | 0.922 | 0.922 |
//
// **Answer** in `twoBits` (above): why does the method matter at 2 bits only?
//
// - **a** At 2 bits the weights are rounded more coarsely.
// - **b** At 8 bits the images decide.
// - **c** With 255 steps even a wide step is fine enough; with 3 a wide one costs nearly
//   everything.
// - **d** At 8 bits all methods clip the same values.
//
// **Answer** in `fewImages` (above): what do the images tell?
//
// - **a** One image is enough.
// - **b** Ten images are enough: with one it depends on which.
// - **c** Only a hundred images are safe.
// - **d** All training images with their labels should be used.
//
// These two letters, too, are noted by the check, and judged when the lab is graded.

// %% [markdown]
// The two errors behind it, for what leaves the first ReLU on 100 images, at 2 bits: values
// within the clip are rounded, those beyond it are cut off. **Look:** which of the two grows
// with the clip, and where would the largest value itself (the right end) put you?

// %%
const afterRelu = quantize
  .activationStatistics(dense, take(train, 100), { nodes: ['relu-1'] })
  .get('relu-1')!;
const clipsTried = Array.from({ length: 50 }, (_, i) => (afterRelu.max * (i + 1)) / 50);
const parts = clipsTried.map(high =>
  quantize.quantizationError(
    afterRelu,
    { low: 0, high },
    quantize.affineFormat({ bits: 2 }),
  ),
);
const least = Math.min(...parts.map(({ total }) => total));

// %%
plot.line(
  {
    rounding: parts.map(({ rounding }) => rounding),
    clipping: parts.map(({ clipping }) => clipping),
    both: parts.map(({ total }) => total),
    least: parts.map(({ total }) => (total === least ? total : Number.NaN)),
  },
  {
    title: 'Mean squared error of 2-bit activations',
    at: clipsTried,
    markers: true,
    x: 'Clip',
    y: { title: 'Squared error', range: [0, 1.05 * parts.at(-1)!.total] },
  },
);

// %% [markdown]
// ## 15 · {{title}} ({{points}})
//
// Training with rounded weights runs into a wall: the slope of a rounding is 0 nearly
// everywhere. The **straight-through estimator** looks away: it takes the slope for 1 where
// the value lies on the grid, and for 0 beyond its ends, where clamping holds the result
// ([Bengio et al. 2013](https://arxiv.org/abs/1308.3432)).
//
// **Example.** Ends −1 and 2; values 0.3, −1.4, 2.5; gradients that come: 5, 7, −3. What
// passes is 5, 0, 0.
//
// **Write** `straightThrough`.

// %% answer="straight-through"
function straightThrough(
  gradient: number[],
  values: number[],
  [low, high]: [number, number],
): number[] {
  // ### BEGIN SOLUTION
  return gradient.map((g, i) => (values[i]! >= low && values[i]! <= high ? g : 0));
  // ### END SOLUTION
}

// %% check="straight-through"

// %% [markdown]
// ## 16 · {{title}} ({{points}})
//
// One scale for a whole layer goes wrong where its channels differ widely in size. Between two
// layers there is a way out: a channel can be made smaller before a ReLU and larger after it,
// and nothing changes, since ReLU(x / s) = ReLU(x) / s for every s > 0
// ([Nagel et al. 2019](https://arxiv.org/abs/1906.04721)).
//
// With r1 the largest |w| of the channel's column in the first layer and r2 that of its row in
// the second, s = √(r1 · r2) / r2 gives both the range √(r1 · r2). Divide the column *and the
// bias* by s, multiply the row by s.
//
// **Example.** r1 = 8, r2 = 2: √16 = 4, s = 4 / 2 = 2. The column's largest becomes 8 / 2 = 4,
// the row's 2 · 2 = 4.
//
// **Write** `equalize`. `first` is [inputs, channels], `second` [channels, outputs], both row by
// row in `data`.
//
// **Answer** in `perTensorFails`: why do networks with depthwise layers need this most?
//
// - **a** Their weights are too few to be stored well.
// - **b** Their sums overflow.
// - **c** Their weights are rounded in another way.
// - **d** A depthwise filter sees one channel only, so nothing evens out how large filters
//   become: ranges within a layer lie far apart, and a single scale has to fit all of them.

// %% given="pair-type"
interface Pair {
  first: NDArray;
  bias: number[];
  second: NDArray;
}

// %% answer="equalization"
// const perTensorFails = '?'; // a letter
function equalize({ first, bias, second }: Pair): Pair {
  // ### BEGIN SOLUTION
  const channels = bias.length;
  const outputs = second.shape[1]!;
  const r1 = new Array<number>(channels).fill(0);
  const r2 = new Array<number>(channels).fill(0);
  first.data.forEach((w, i) => {
    r1[i % channels] = Math.max(r1[i % channels]!, Math.abs(w));
  });
  second.data.forEach((w, i) => {
    const channel = Math.floor(i / outputs);
    r2[channel] = Math.max(r2[channel]!, Math.abs(w));
  });
  const s = r1.map((r, c) => Math.sqrt(r * r2[c]!) / r2[c]!);
  return {
    first: array(
      first.shape,
      Float32Array.from(first.data, (w, i) => w / s[i % channels]!),
    ),
    bias: bias.map((b, c) => b / s[c]!),
    second: array(
      second.shape,
      Float32Array.from(second.data, (w, i) => w * s[Math.floor(i / outputs)]!),
    ),
  };
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const perTensorFails = 'd';
// ### END SOLUTION

// %% check="equalization"

// %% [markdown]
// ## 17 · {{title}} ({{points}})
//
// Must all layers have the same bits? `atBits` gives each kernel its own, with a scale and a
// zero point for each output channel. At 2 bits for all, the accuracy on the validation images
// is 0.805; at 3 bits 0.907.
//
// **Answer** in `bits`: 2 to 8 bits for each kernel, **at most 2.25 on average over all
// weights**, and at least 0.06 more accuracy than 2 bits for all. (Random choices
// reach it too: 2 bits for all wastes most. Guided ones are a point ahead.)
//
// `errorOf(name, b)` is what the weights of a kernel lose at b bits, as a share of their size.

// %%
const folded = quantize.foldBatchNorm(dense);
const countOf = (name: string) => folded.parameters[name]!.value.data.length;
const atBits = (bits: Record<string, number>) =>
  Object.entries(bits).reduce(
    (model, [name, b]) =>
      quantize.quantizeWeights(model, {
        format: quantize.affineFormat({ bits: b }),
        granularity: quantize.axis(-1),
        parameters: [name],
      }),
    folded,
  );
const errorOf = (name: string, b: number) => {
  const old = folded.parameters[name]!.value.data;
  const rounded = realValue(atBits({ [name]: b }).parameters[name]!).data;
  const squares = (list: ArrayLike<number>) => Array.from(list, v => v * v);
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  return sum(squares(rounded.map((r, i) => r - old[i]!))) / sum(squares(old));
};
const few1000 = take(validation, 1000);

// %%
table(
  kernels.map(name => ({
    weight: name,
    count: countOf(name),
    ...Object.fromEntries([2, 3, 4].map(b => [`error at ${b}`, errorOf(name, b)])),
  })),
);

// %% answer="mixed-precision"
// const bits = { 'conv2d-1.kernel': 4, … };
// ### BEGIN SOLUTION
const bits: Record<string, number> = Object.fromEntries(kernels.map(name => [name, 2]));
const everything = kernels.reduce((sum, name) => sum + countOf(name), 0);
let spent = 2 * everything;
for (;;) {
  const gains = kernels
    .filter(name => bits[name]! < 5 && spent + countOf(name) <= 2.25 * everything)
    .map(name => {
      const gain = errorOf(name, bits[name]!) - errorOf(name, bits[name]! + 1);
      return { name, gain: gain / countOf(name) };
    });
  const best = gains.sort((a, b) => b.gain - a.gain)[0];
  if (!best) break;
  bits[best.name]!++;
  spent += countOf(best.name);
}
// ### END SOLUTION

// %% check="mixed-precision"

// %%
plot.bar(
  {
    float32: accuracy(dense, few1000),
    '2 bits': accuracy(
      atBits(Object.fromEntries(kernels.map(name => [name, 2]))),
      few1000,
    ),
    yours: accuracy(atBits(bits), few1000),
  },
  { title: 'Accuracy on 1,000 validation images', y: { range: [0.7, 0.95] } },
);

// %% [markdown]
// **Leaderboard.** The check of your bits tells their score,
// 100 · (accuracy − accuracy of 2 bits for all). On the test images:
//
// | bits, 2.25 on average | score |
// | --- | --- |
// | 2 bits for all | 0 |
// | random, five draws | 9.1 (8.3 … 10.1) |
// | by the error of the weights | 10.1 |
// | float32 | 10.4 |
//
// Over five networks like this one the guided bits are 0.9 points ahead of the mean of five
// random draws (−0.2 … 1.8). A lead of less than a point is luck as much as skill, so the
// leaderboard gives no points.

// %% [markdown]
// ## 18 · {{title}} ({{points}})
//
// An output of `conv2d-8` sums over 1,152 weights, and one scale has to fit them all. So cut
// them into **groups** of 32 neighbours, each with a scale and a zero point of its own. Does it
// pay? Run both at 2 bits, on 20 images first: a **smoke test**, as one does to save time.

// %%
const atGroups = (size: number) =>
  kernels.reduce((model, name) => {
    const { shape, data } = folded.parameters[name]!.value;
    const inputs = data.length / shape.at(-1)!; // all that an output sums over
    const flat = array([inputs, shape.at(-1)!], Float32Array.from(data));
    const format = quantize.affineFormat({ bits: 2 });
    const granularity = quantize.group(Math.min(size, inputs), 0);
    const rounded = quantize.quantizeValue(flat, { format, granularity }, name);
    const real = realValue({ ...rounded, trainable: true }).data;
    return withParameters(model, { [name]: { value: array(shape, real) } });
  }, folded);
const [perChannel, perGroup] = [atGroups(1152), atGroups(32)];
const twenty = take(validation, 20);
table([
  {
    'a scale for each': 'output channel',
    'of 20 images': accuracy(perChannel, twenty),
  },
  { 'a scale for each': 'group of 32', 'of 20 images': accuracy(perGroup, twenty) },
]);

// %% [markdown]
// The same. **Predict:** by how many points (0.01) are groups ahead on all 2,000 validation
// images?

// %%
await predict('groups-ahead', '?'); // points, such as 0.5

// %%
reveal(
  'groups-ahead',
  100 * (accuracy(perGroup, validation) - accuracy(perChannel, validation)),
);

// %% [markdown]
// Groups cost something too: a scale of 32 bits for 32 weights is one more bit for each, so
// these are 3 bits a weight and more. A scale for each channel at 3 bits has 0.907, as was said
// above: at equal bytes groups lose here.
//
// Five networks like this one, 1,000 random draws of 20 of the 2,000 test images each:
//
// | network | channel | group | draws in which groups are not ahead |
// | --- | --- | --- | --- |
// | the shipped one | 0.803 | 0.855 | 36 % |
// | 1 | 0.521 | 0.892 | 0.1 % |
// | 2 | 0.822 | 0.873 | 37 % |
// | 3 | 0.857 | 0.851 | 67 % |
// | 4 | 0.842 | 0.863 | 54 % |
//
// **Example.** A row 0, 1, 3, 0.1, 0.3 at 2 bits in groups of 3. Its groups are 0, 1, 3 and
// 0.1, 0.3: the last one may be shorter. The first has S = 3 / 3 = 1 and stays as it is; the
// second has S = 0.3 / 3 = 0.1 and stays too. With S = 1 for the whole row, 0.1 and 0.3 would
// become 0.
//
// **Write** `groupRound`: what the weights become, S · (q − Z), as one list in the order of
// `weight.data`. `weight` is [outputs, inputs] as for `channelScales`, and each row is cut by
// itself. Your `scaleAndZeroPoint` and `linearQuantize` do most of it.
//
// **Answer** in `smokeTest`: what does a look at 20 images tell?
//
// - **a** That groups make no difference here.
// - **b** Whether something is broken. 20 images show a gap of 40 points, not one of 5: one
//   image is 5 points.
// - **c** Nothing at all.
// - **d** Which of two is better, as long as the 20 are drawn at random.

// %% answer="group-scales"
// const smokeTest = '?'; // a letter
function groupRound(weight: NDArray, bits: number, size: number): number[] {
  // ### BEGIN SOLUTION
  const [rows, columns] = weight.shape as [number, number];
  const rounded: number[] = [];
  for (let r = 0; r < rows; r++) {
    const row = Array.from(weight.data.slice(r * columns, (r + 1) * columns));
    for (let from = 0; from < columns; from += size) {
      const group = row.slice(from, from + size);
      const { scale, zeroPoint } = scaleAndZeroPoint(group, bits);
      const integers = linearQuantize(group, { bits, scale, zeroPoint });
      rounded.push(...integers.map(q => scale * (q - zeroPoint)));
    }
  }
  return rounded;
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const smokeTest = 'b';
// ### END SOLUTION

// %% check="group-scales"

// %% [markdown]
// ## 19 · {{title}} ({{points}})
//
// Now the whole network. Three steps make it a program of integers:
//
// 1. weights to 8 bits, with a scale for each output channel;
// 2. **calibration**: a few images show how large each activation gets, and each is rounded to
//    its grid;
// 3. **lowering**: every multiplier, shift, zero point and clamp is worked out, and what is left
//    computes with integers alone. (The ReLUs are gone: they are the clamps.)
//
// **Predict:** for how many of 100 images does it answer as the network of real numbers?

// %%
await predict('agreement', '?'); // a share, such as 0.9

// %% [markdown]
// **Write** the work inside `deliver`. The parts are
// `quantize.quantizeWeights(model, { format, granularity })` with
// `quantize.affineFormat({ bits: 8, symmetric: true })` and `quantize.axis(-1)`,
// `quantize.calibrate(model, take(train, 10))`, which returns intervals,
// `quantize.quantizeActivations(model, { intervals, format: { bits: 8 } })` and
// `deploy.lowerModel(model)`. Start from `quantize.foldBatchNorm(dense)`.

// %% answer="program-net"
const program = await deliver('program', () => {
  // ### BEGIN SOLUTION
  const format = quantize.affineFormat({ bits: 8, symmetric: true });
  const granularity = quantize.axis(-1);
  const net = quantize.foldBatchNorm(dense);
  const rounded = quantize.quantizeWeights(net, { format, granularity });
  const intervals = quantize.calibrate(rounded, take(train, 10));
  const eight = { intervals, format: { bits: 8 } };
  return deploy.lowerModel(quantize.quantizeActivations(rounded, eight));
  // ### END SOLUTION
});

// %%
const classes = ({ shape: [count], data }: NDArray) =>
  Array.from({ length: count! }, (_, n) => {
    const row = Array.from(data.slice(10 * n, 10 * n + 10));
    return row.indexOf(Math.max(...row));
  });
/** What the program takes each image for. */
const integerClasses = (images: NDArray) => {
  const input = deploy.quantizeInput(program, images);
  const { outputs } = deploy.runProgram(program, [input]);
  return classes(deploy.dequantizeOutput(program, outputs[0]!));
};
/** The share of two lists that is the same. */
const sameShare = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).filter((label, n) => label === b[n]).length / a.length;

// %%
reveal(
  'agreement',
  sameShare(
    integerClasses(take(validation, 100).images),
    classes(predict(dense, take(validation, 100).images)),
  ),
);

// %%
table(
  program.steps.map(({ op, outputs }) => {
    const { name, shape, type, quantization } = program.tensors[outputs[0]!]!;
    return {
      step: op,
      value: name,
      shape: shape.join(' × '),
      type,
      scale: quantization?.scale[0],
      'zero point': quantization?.zeroPoint[0],
    };
  }),
);

// %% [markdown]
// The table shows your own program: what each step writes, and on which grid.
//
// **Answer** in `coarsest`: which value has the widest steps (its name, in quotes)? And in
// `offByOne`: the last step's integers are read as r = S · (q − Z). By how much would every
// output change if Z were taken one too large?

// %% answer="program"
// const coarsest = '…'; // a name from the table
// const offByOne = …; // a number, with its sign
// ### BEGIN SOLUTION
const gridsOfSteps = program.steps.map(step => program.tensors[step.outputs[0]!]!);
const coarsest = gridsOfSteps.reduce((a, b) =>
  b.quantization!.scale[0]! > a.quantization!.scale[0]! ? b : a,
).name;
const offByOne = -gridsOfSteps.at(-1)!.quantization!.scale[0]!;
// ### END SOLUTION

// %% check="program"

// %% [markdown]
// ## 20 · {{title}} ({{points}})
//
// Small networks for phones are built of **depthwise** layers: each filter sees one channel,
// and 1×1 convolutions mix them ([MobileNet](https://arxiv.org/abs/1704.04861)). Here is one
// with 38,314 weights. Factors between 1/16 and 16 are planted in it, openly: what a depthwise
// layer reads is multiplied by them, its filters are divided by them. The network answers as
// before, but its channels have very different ranges, as question 16 warned.

// %%
const plain = quantize.foldBatchNorm(pretrained('fashion-mnist-depthwise'));
const uneven = quantize.plantScales(plain, { spread: 16 });

/** The largest |w| of each channel of a depthwise layer. */
const rangesOf = (net: Model, name = 'depthwise-conv2d-2.kernel') => {
  const { shape, data } = net.parameters[name]!.value;
  const channels = shape[2]!;
  return Object.fromEntries(
    Array.from({ length: channels }, (_, c) => [
      `${c}`,
      Math.max(
        ...Array.from(
          data.filter((_, i) => i % channels === c),
          Math.abs,
        ),
      ),
    ]),
  );
};
facets(
  [
    plot.bar(rangesOf(plain), { title: 'Largest |w| of each channel, as trained' }),
    plot.bar(rangesOf(uneven), { title: 'with planted factors' }),
  ],
  { columns: 2, height: 260 },
);

// %%
/** A program of 8 bits, with a scale for each layer or for each output channel. */
const eightBits = (net: Model, kind: 'tensor' | 'channel') =>
  deploy.lowerModel(
    quantize.quantizeModel(
      net,
      {
        weights: {
          format: { kind: 'affine', bits: 8, symmetric: true },
          granularity: { kind },
        },
        activations: { format: { kind: 'affine', bits: 8 } },
      },
      { data: take(train, 100) },
    ),
  );

/** The share of images that a program gets right. */
const rightShare = (integers: deploy.Program, { images, labels }: Dataset) => {
  const run = deploy.runProgram(integers, [deploy.quantizeInput(integers, images)]);
  const { data } = deploy.dequantizeOutput(integers, run.outputs[0]!);
  const right = Array.from(labels.data).filter((label, n) => {
    const logits = Array.from(data.slice(10 * n, 10 * n + 10));
    return logits.indexOf(Math.max(...logits)) === label;
  });
  return right.length / labels.data.length;
};

// %% [markdown]
// **Predict:** in real numbers both are right for about 0.89 of the images. How many does the
// uneven one get right with 8 bits and one scale for each layer?

// %%
await predict('one-scale', '?'); // an accuracy, such as 0.85

// %%
reveal('one-scale', rightShare(eightBits(uneven, 'tensor'), few));

// %% [markdown]
// Does a scale for each output channel save it? Once with activations as real numbers, once
// with those of 8 bits, which have one scale for each layer:

// %%
const weightsOnly = (kind: 'tensor' | 'channel') =>
  quantize.quantizeModel(uneven, {
    weights: {
      format: { kind: 'affine', bits: 8, symmetric: true },
      granularity: { kind },
    },
  });
table(
  (['tensor', 'channel'] as const).map(kind => ({
    'scales of the weights': `one for each ${kind === 'tensor' ? 'layer' : 'channel'}`,
    'weights alone': accuracy(weightsOnly(kind), few),
    'weights and activations': rightShare(eightBits(uneven, kind), few),
  })),
);

// %% [markdown]
// **Answer** in `perChannelFails`: why is a scale for each channel of the weights not enough?
//
// - **a** Integers of small channels become larger, and their sums overflow.
// - **b** A depthwise layer cannot have a scale for each channel.
// - **c** Activations keep one scale for a whole layer: what comes out of a channel with a
//   small factor has only a few of its steps.
// - **d** Some of the programs were calibrated on too few images.
//
// **Answer** in `drop`: what does one scale for each layer cost? The accuracy of `uneven`
// minus that of its program, both on all of `test`.
//
// **Write** the work inside `deliver`: a program of `uneven` that has 8 bits and one scale for
// each layer, as cheap chips want it, and is nearly as right as the network of real numbers:
// at most 0.01 below it on new images (0.05 earns a part). `quantize.equalizeCrossLayers(net)`
// does what your `equalize` does, for all layers, until nothing moves.

// %% answer="depthwise"
// const perChannelFails = '?'; // a letter
// const drop = …; // work it out with code
const repaired = await deliver('repaired', () => {
  // ### BEGIN SOLUTION
  const equal = quantize.equalizeCrossLayers(uneven);
  return eightBits(equal, 'tensor');
  // ### END SOLUTION
});
// ### BEGIN SOLUTION
const perChannelFails = 'c';
const drop = accuracy(uneven, test) - rightShare(eightBits(uneven, 'tensor'), test);
// ### END SOLUTION

// %% check="depthwise"

// %%
plot.bar(
  {
    'real numbers': accuracy(uneven, few),
    'one scale a layer': rightShare(eightBits(uneven, 'tensor'), few),
    'one a channel': rightShare(eightBits(uneven, 'channel'), few),
    yours: rightShare(repaired, few),
  },
  { title: 'Accuracy on 500 test images, planted factors', y: { range: [0, 1] } },
);

// %% [markdown]
// Nothing planted is needed when bits are few. This network was trained with a strong decay on
// γ and β of its batch norms, which drives channels apart. Weights of 4 bits, real activations,
// and five networks that were trained so, test accuracy as mean (lowest … highest):
//
// | | 8 bits, planted factors | 4 bits a weight, nothing planted |
// | --- | --- | --- |
// | real numbers | 0.890 (0.884 … 0.897) | 0.890 (0.884 … 0.897) |
// | one scale a layer | 0.24 (0.10 … 0.46) | 0.46 (0.10 … 0.84) |
// | one a channel | 0.855 (0.839 … 0.868) | 0.882 (0.877 … 0.889) |
// | one a layer, equalized | 0.890 (0.881 … 0.896) | 0.860 (0.835 … 0.881) |

// %%
const fourBits = (net: Model, kind: 'tensor' | 'channel') =>
  quantize.quantizeModel(net, {
    weights: {
      format: { kind: 'affine', bits: 4, symmetric: true },
      granularity: { kind },
    },
  });
const equalized = quantize.equalizeCrossLayers(plain);
facets(
  [
    plot.bar(
      {
        'one scale a layer': accuracy(fourBits(plain, 'tensor'), few),
        'one a channel': accuracy(fourBits(plain, 'channel'), few),
        'one a layer, equalized': accuracy(fourBits(equalized, 'tensor'), few),
      },
      { title: 'Accuracy with 4 bits a weight, nothing planted', y: { range: [0, 1] } },
    ),
    plot.bar(rangesOf(equalized), { title: 'Largest |w| of each channel, equalized' }),
  ],
  { columns: 2, height: 260 },
);

// %% [markdown]
// ## 21 · {{title}} ({{points}})
//
// Two bits a weight, on a grid this time: −1, 0 and 1 times a scale for each channel, and −2 is
// not used. Rounded after training, five networks like this one have an accuracy of 0.17 (0.10
// … 0.30), and 0.63 (0.49 … 0.72) with refreshed batch norms. Trained with rounded weights for
// one epoch they have 0.889 (0.885 … 0.894), of 0.909 before: the forward
// pass sees them rounded, the gradient goes straight through, and the optimizer moves the
// unrounded ones.
//
// **Write** the work inside `deliver`. `quantize.trainQuantized(model, train, options)` trains
// and stores the weights; its options are those of `fit` (`epochs`, `seed` …) and
// `weights: { format, granularity }` as before. Let the learning rate rise and fall:
// `learningRate: oneCycleSchedule(0.02)`. At a constant 0.02 it ends at about 0.84, with
// weights that still jump. It takes about a minute.

// %% answer="trained-rounded"
const qat = await deliver('qat', async () => {
  // ### BEGIN SOLUTION
  const format = quantize.affineFormat({ bits: 2, symmetric: true });
  const weights = { format, granularity: quantize.axis(-1) };
  return quantize.trainQuantized(dense, train, {
    weights,
    epochs: 1,
    learningRate: oneCycleSchedule(0.02),
    seed: 1,
  });
  // ### END SOLUTION
});

// %% check="trained-rounded"

// %%
plot.bar(
  {
    float32: accuracy(dense, few),
    '2 bits, code books, refreshed': accuracy(recovered, few),
    '2 bits, trained rounded': accuracy(qat, few),
  },
  { title: 'Accuracy on 500 test images', y: { range: [0, 1] } },
);

// %% [markdown]
// Is the epoch worth it at 4 bits too? Five networks like this one, mean (lowest … highest), and
// an epoch of ordinary training as the control:
//
// | 4 bits, symmetric | test accuracy |
// | --- | --- |
// | not rounded | 0.909 (0.903 … 0.916) |
// | rounded | 0.906 (0.897 … 0.915) |
// | one epoch with rounded weights | 0.909 (0.902 … 0.917) |
// | one epoch without, then rounded | 0.905 (0.896 … 0.912) |
//
// Hardly: rounding costs 0.3 points, so there is no more to win back. The epoch wins 0.1 to 0.5
// on each of the five, which on a single network no one could tell from chance (one standard
// error of 2,000 images is 0.6 points).

// %% [markdown]
// All of it in one picture: bytes of the weights with their scales and code books, against
// accuracy. Code books (with their bits) and grids for each channel (8, 4 and 3 bits
// symmetric, 2 bits affine) are means over five networks, on 2,000 test images; yours are
// measured on 500. Unrounded, the network takes 1,733,320 bytes and has 0.909. **Look:** which
// would you ship where 128 KB are left, and which should nobody ship?

// %%
type Sizes = Record<number, [bytes: number, accuracy: number]>;
const codeBookSizes: Sizes = {
  8: [448_656, 0.908],
  4: [225_228, 0.907],
  2: [117_034, 0.895],
  1: [63_081, 0.799],
};
const gridSizes: Sizes = {
  8: [435_672, 0.908],
  4: [220_148, 0.906],
  3: [166_267, 0.892],
  2: [114_698, 0.769],
};

// %%
plot.scatter(
  {
    'code books, refreshed': Object.entries(codeBookSizes).map(([label, [x, y]]) => ({
      x,
      y,
      label,
    })),
    'grids for channels': Object.values(gridSizes).map(([x, y]) => ({ x, y })),
    'your code books': [
      {
        x: modelSize(quantize.kMeansQuantize(dense, { bits: 2 })),
        y: accuracy(recovered, few),
      },
    ],
    'your mixed bits': [{ x: modelSize(atBits(bits)), y: accuracy(atBits(bits), few) }],
    'yours, trained rounded': [{ x: modelSize(qat), y: accuracy(qat, few) }],
    'your integers': [
      {
        x: deploy.inspectProgram(program).constantBytes,
        y: sameShare(integerClasses(few.images), few.labels.data),
      },
    ],
  },
  {
    title: 'Size and accuracy',
    x: { title: 'Size', unit: 'bytes' },
    y: { title: 'Accuracy', percent: true, range: [0.75, 0.93] },
    height: 460,
  },
);

// %% [markdown]
// ## Beyond the points · {{title}}
//
// {{points}}, on top of the 100.
// Some inputs of a layer are much louder than others (in large
// language models: always). An error in the weights of a loud input costs more than the same
// error elsewhere, so protect those weights: multiply them by s > 1 before rounding, and divide
// the input by s. The layer computes the same, and what is lost in rounding counts 1 / s as
// much, as long as the scale of the output does not grow with it
// ([Lin et al. 2024](https://arxiv.org/abs/2306.00978), AWQ).
//
// How large should s be? For input j take s[j] = (mean of its |x| over the examples)^α, and
// **try**: for each α round the weights times s and compare the *outputs*,
//
// error(α) = mean of (inputs / s · rounded(s · weight) − inputs · weight)²
//
// over all outputs of all examples. α = 0 is plain rounding.
//
// **Example.** Two inputs with a mean |x| of 4 and 1, α = 0.5: s = 2 and 1. The weights of the
// first are doubled, and its values are halved.

// %% given="dense-layer"
interface DenseLayer {
  /** [examples][inputs]. */
  inputs: number[][];
  /** [inputs][outputs]. */
  weight: number[][];
}

/** The product of two matrices. */
const matmul = (a: number[][], b: number[][]): number[][] =>
  a.map(row => b[0]!.map((_, o) => row.reduce((sum, v, j) => sum + v * b[j]![o]!, 0)));

/** Weights as a symmetric grid holds them, with a scale for each output (column). */
function toGrid(weight: number[][], bits: number): number[][] {
  const scales = weight[0]!.map(
    (_, o) => Math.max(...weight.map(row => Math.abs(row[o]!))) / (2 ** (bits - 1) - 1),
  );
  return weight.map(row => row.map((w, o) => scales[o]! * Math.round(w / scales[o]!)));
}

// %% [markdown]
// **Write** `searchExponent`: the error for each exponent of the list, and the exponent with
// the smallest.

// %% answer="awq"
function searchExponent(
  { inputs, weight }: DenseLayer,
  bits: number,
  exponents: number[],
): { exponent: number; errors: number[] } {
  // ### BEGIN SOLUTION
  const mean = (all: number[]) => all.reduce((total, v) => total + v) / all.length;
  const sizes = weight.map((_, j) => mean(inputs.map(row => Math.abs(row[j]!))));
  const right = matmul(inputs, weight).flat();
  const errors = exponents.map(alpha => {
    const s = sizes.map(size => size ** alpha);
    const scaled = weight.map((row, j) => row.map(w => w * s[j]!));
    const quiet = inputs.map(row => row.map((x, j) => x / s[j]!));
    const outputs = matmul(quiet, toGrid(scaled, bits)).flat();
    return mean(outputs.map((y, i) => (y - right[i]!) ** 2));
  });
  return { exponent: exponents[errors.indexOf(Math.min(...errors))]!, errors };
  // ### END SOLUTION
}

// %% check="awq"

// %% [markdown]
// Now the classifier of `dense`, with what it reads for 200 images. No input of it is loud. So
// a second one has a fault **planted**: three of its 128 inputs are made 20 times as large and
// their weights 20 times as small, which changes no output.
//
// At 4 bits the mean squared error of its outputs falls from 0.096 (0.053 … 0.181) at α = 0 to
// 0.028 at α = 1, over five draws of the three inputs. As it is, α = 0 is best, with 0.020: where
// nothing is loud there is nothing to gain.

// %%
const classifier = dense.nodes.at(-1)!;
const body = {
  ...dense,
  nodes: dense.nodes.slice(0, -1),
  output: classifier.inputs[0]!,
};
const rowsOf = ({ shape, data }: NDArray): number[][] =>
  Array.from({ length: shape[0]! }, (_, i) =>
    Array.from(data.slice(i * shape[1]!, (i + 1) * shape[1]!)),
  );
const asItIs: DenseLayer = {
  inputs: rowsOf(predict(body, take(train, 200).images)),
  weight: rowsOf(dense.parameters[classifier.parameters.kernel!]!.value),
};
const louder = (j: number): number => ([5, 40, 77].includes(j) ? 20 : 1);
const planted: DenseLayer = {
  inputs: asItIs.inputs.map(row => row.map((x, j) => x * louder(j))),
  weight: asItIs.weight.map((row, j) => row.map(w => w / louder(j))),
};
const tenths = Array.from({ length: 11 }, (_, i) => i / 10);

// %%
plot.line(
  {
    'as it is': searchExponent(asItIs, 4, tenths).errors,
    'three loud inputs planted': searchExponent(planted, 4, tenths).errors,
  },
  {
    at: tenths,
    markers: true,
    title: 'Classifier at 4 bits',
    x: 'α',
    y: 'Error of the outputs',
  },
);

// %%
await checkAll();
