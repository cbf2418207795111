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
// # Lab 01 · Pruning
//
// The network below has 432,194 weights and biases. Most of them are not needed. In this
// lab you find out which, take them away in two ways, and measure what each way is good
// for.
//
// - Go from top to bottom: answer, run, check. Checks tell what usually causes a wrong
//   answer.
// - An *example* shows what a task wants, on numbers small enough to follow by hand.
// - *Predict* means: put your guess in place of `'?'` and run that cell before you go on.
//   The first guess is kept, shown beside what comes, and costs no points.
// - Choices are made on the **validation** images, results are reported on the **test**
//   images. The grader has images of its own.
// - Stuck? `const fineGrainedPrune = await staff('fineGrainedPrune');` takes the lab's
//   version of an earlier answer, so you can go on.
//
// Sixteen parts, {{total}}, and a leaderboard at the end. Plan four hours; the computer
// needs about two minutes of them.

// %%
import {
  accuracy,
  applyMasks,
  array,
  check,
  checkAll,
  cosineSchedule,
  deliver,
  facets,
  fit,
  gradients,
  latency,
  liveFigure,
  loadDataset,
  type Model,
  macs,
  mlp,
  modelCard,
  modelSize,
  type NDArray,
  parameters,
  plot,
  predict,
  pretrained,
  pruneChannels,
  refreshBatchNorm,
  reveal,
  sparsity,
  staff,
  table,
  take,
  vgg,
  withParameters,
} from 'tinylab';

// %%
const { train, validation, test } = await loadDataset('fashion-mnist');
const dense = pretrained('fashion-mnist-vgg');

// %% [markdown]
// `dense` is that network: eight convolutions and a classifier in the style of
// [VGG](https://arxiv.org/abs/1409.1556), trained on 10,000 pictures of clothes
// ([Fashion-MNIST](https://arxiv.org/abs/1708.07747)).
//
// Its numbers have names: `'conv2d-1.kernel'` holds the weights of the first convolution,
// `'dense-1.kernel'` those of the classifier. What belongs to a name lies in
// `dense.parameters[name].value`: an array with a `shape`, and its values in a row in
// `data`.
//
// Two helpers are used all through the lab. `weights` lists the nine names, and
// `weightOf(model, name)` copies the array out of a model.

// %%
const weights = Object.keys(dense.parameters).filter(name => name.endsWith('.kernel'));

/** A copy of the weights of this name, as an array. */
const weightOf = (model: Model, name: string): NDArray => {
  const { shape, data } = model.parameters[name]!.value;
  return array(shape, data.slice());
};

// %%
table(
  weights.map(name => {
    const { shape, data } = weightOf(dense, name);
    return { weight: name, shape: shape.join(' × '), count: data.length };
  }),
);

// %% [markdown]
// A kernel has the axes height × width × **input** channels × **output** channels, a dense
// layer **inputs** × **outputs**. You will need to know which is which.

// %% [markdown]
// ## 1 · What weights look like ({{points}})
//
// **Predict:** sketch the histogram of the weights of one layer. Flat? One hill? Two?

// %%
await predict('histogram', '?'); // in your words

// %%
reveal(
  'histogram',
  facets(
    weights.map(name =>
      plot.histogram(weightOf(dense, name), { title: name, bins: 50 }),
    ),
    { title: 'Weights of the nine layers', columns: 3, height: 240 },
  ),
);

// %% [markdown]
// **Answer** in `histogramShape`: what do they have in common? (The first has 72 weights
// only; look at the others.)
//
// - **a** One hill around 0: most weights are small, few are large.
// - **b** They are flat: every size is about as frequent.
// - **c** Most weights are exactly 0.
// - **d** Two hills, one of negative and one of positive weights.
//
// **Answer** in `histogramUse`: why is that good news?
//
// - **a** Small weights take less memory and less time.
// - **b** Small weights are those that training has not reached yet.
// - **c** A small weight adds little to the sum it is part of, so a 0 in its place changes
//   little.
// - **d** The mean is close to 0, so whatever is removed cancels out.

// %% answer="histograms"
// const histogramShape = '?'; // a letter
// const histogramUse = '?'; // a letter
// ### BEGIN SOLUTION
const histogramShape = 'a';
const histogramUse = 'c';
// ### END SOLUTION

// %% check="histograms"

// %% [markdown]
// ## 2 · {{title}} ({{points}})
//
// A **mask** has the shape of a weight array and holds 1 where a weight is kept and 0
// where it is pruned. *Sparsity* s is the share of zeros.
//
// 1. The importance of a weight is its absolute value
//    ([Han et al. 2015](https://arxiv.org/abs/1506.02626)).
// 2. round(n · s) of the n weights go, so the **threshold** is the importance of the k-th
//    least important one, k = round(n · s).
// 3. Kept is what lies strictly above the threshold. With k = 0 all is kept.
//
// **Example.** Weights 0.9, −0.1, 0.4, −0.7, 0.2 and s = 0.4:
//
// | step | comes to |
// | --- | --- |
// | importances, smallest first | 0.1, 0.2, 0.4, 0.7, 0.9 |
// | k = round(5 · 0.4) | 2 |
// | threshold: the second of them | 0.2 |
// | mask | 1, 0, 1, 1, 0 |
//
// **Write** `fineGrainedPrune`. `weight.data` holds the values in a row;
// `array(shape, values, 'uint8')` makes an array.

// %% answer="fine-grained-prune"
function fineGrainedPrune(weight: NDArray, sparsity: number): NDArray {
  // ### BEGIN SOLUTION
  const importance = Float32Array.from(weight.data, value => Math.abs(value));
  const pruned = Math.round(importance.length * sparsity);
  const threshold = pruned === 0 ? -1 : importance.slice().sort()[pruned - 1]!;
  const kept = Uint8Array.from(importance, value => (value > threshold ? 1 : 0));
  return array(weight.shape, kept, 'uint8');
  // ### END SOLUTION
}

// %% check="fine-grained-prune"

// %%
const filters = (values: NDArray) => array([9, 32], values.data.slice(0, 9 * 32));
const small = filters(weightOf(dense, 'conv2d-4.kernel'));
const kept = fineGrainedPrune(small, 0.75);
facets(
  [
    plot.heatmap(small, { title: 'Some weights', diverging: true }),
    plot.heatmap(
      array(
        [9, 32],
        Float32Array.from(small.data, (value, i) => value * kept.data[i]!),
      ),
      { title: 'The largest quarter', diverging: true },
    ),
  ],
  { columns: 1, height: 230 },
);

// %% [markdown]
// ## 3 · {{title}} ({{points}})
//
// **Example.** Of 8 weights, s = 0.25 prunes round(8 · 0.25) = 2 and keeps 6.
//
// An array has 40 weights. **Answer** in `keepTwelve`: which sparsity keeps exactly 12 of
// them?

// %% answer="choose-sparsity"
// const keepTwelve = …; // a share, from 0 to 1
// ### BEGIN SOLUTION
const keepTwelve = 0.7;
// ### END SOLUTION

// %% check="choose-sparsity"

// %% [markdown]
// ## 4 · Sensitivity ({{points}})
//
// How much can each layer lose? Ask it: prune **one** layer, leave all others dense,
// measure accuracy. Then the next sparsity, then the next layer
// ([Li et al. 2017](https://arxiv.org/abs/1608.08710)).
//
// **Example.** Two names, two sparsities, four measurements. Every one starts from the
// dense network:
//
// | | layer `a` at 0.3 | layer `a` at 0.8 | layer `b` at 0.3 | layer `b` at 0.8 |
// | --- | --- | --- | --- | --- |
// | zeros in `a` | 30 % | 80 % | none | none |
// | zeros in `b` | none | none | 30 % | 80 % |
// | `evaluate` says | 0.91 | 0.80 | 0.90 | 0.62 |
//
// The scan returns `{ a: [0.91, 0.80], b: [0.90, 0.62] }`.
//
// **Write** `sensitivityScan`. `evaluate` measures a model, and you must `await` it.
// `applyMasks(model, { [name]: mask })` returns a **new** model with that mask; the old
// one stays as it is.

// %% given="scan-types"
type Evaluate = (model: Model) => number | Promise<number>;
interface Scan {
  names: string[];
  sparsities: number[];
}

// %% answer="sensitivity"
async function sensitivityScan(
  model: Model,
  evaluate: Evaluate,
  { names, sparsities }: Scan,
): Promise<Record<string, number[]>> {
  // ### BEGIN SOLUTION
  const curves: Record<string, number[]> = {};
  for (const name of names) {
    curves[name] = [];
    for (const share of sparsities) {
      const mask = fineGrainedPrune(weightOf(model, name), share);
      curves[name].push(await evaluate(applyMasks(model, { [name]: mask })));
    }
  }
  return curves;
  // ### END SOLUTION
}

// %% check="sensitivity"

// %% [markdown]
// **Predict:** which of the nine layers suffers most at 90 % sparsity: the first, a large
// one, the classifier? Then scan: nine layers, six sparsities, 1,000 validation images, a
// quarter of a minute.

// %%
await predict('suffers-most', '?'); // conv2d-1 … conv2d-8 or dense-1, in quotes

// %%
const steps = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const axes = {
  at: steps,
  markers: true,
  x: { title: 'Sparsity of that layer', percent: true },
  y: { title: 'Accuracy', percent: true, range: [0.6, 0.94] as const },
};
const curvesOf = (curves: Record<string, number[]>) => {
  // in the order of the network, whatever order the scan went in
  const lines = weights
    .filter(name => name in curves)
    .map(name => [name.replace('.kernel', ''), curves[name]!] as const);
  const some = (from: number, to: number) =>
    plot.line(Object.fromEntries(lines.slice(from, to)), axes);
  return reveal(
    'suffers-most',
    facets([some(0, 5), some(5, 9)], {
      title: 'One layer pruned at a time',
      height: 420,
    }),
  );
};
const scan = await deliver('scan', async () => {
  const few = take(validation, 1000);
  const soFar = Object.fromEntries(
    weights.map(name => [name, steps.map(() => Number.NaN)]),
  );
  const picture = liveFigure(curvesOf(soFar));
  // the model says which layer was pruned, and how far: scan in any order
  const evaluate = async (model: Model) => {
    const share = accuracy(model, few);
    for (const name of weights) {
      const { data } = weightOf(model, name);
      const zeros = data.filter(value => value === 0).length / data.length;
      const step = steps.findIndex(asked => Math.abs(asked - zeros) < 0.02);
      if (step >= 0) soFar[name]![step] = share;
    }
    picture.update(curvesOf(soFar));
    await new Promise(resolve => setTimeout(resolve)); // lets the picture out
    return share;
  };
  const result = await sensitivityScan(dense, evaluate, {
    names: weights,
    sparsities: steps,
  });
  picture.update(curvesOf(result));
  picture.flush();
  return result;
});

// %% [markdown]
// `scanTrend`: what happens as sparsity rises?
//
// - **a** Accuracy falls in a straight line from the start.
// - **b** Next to nothing up to about a half; then it falls faster and faster.
// - **c** It rises: pruning makes the network better.
// - **d** Nothing: the curves are flat.
//
// `scanLayers`: do all layers react alike?
//
// - **a** Yes, within the noise.
// - **b** No: the larger a layer, the less it suffers.
// - **c** No: the deeper a layer, the less it suffers.
// - **d** No, and neither size nor depth alone tells how much. It has to be measured.
//
// `scanBest`: where does pruning hard pay most?
//
// - **a** `conv2d-1` **b** `dense-1` **c** `conv2d-8` **d** `conv2d-5`

// %% answer="curves"
// const scanTrend = '?'; // a letter
// const scanLayers = '?'; // a letter
// const scanBest = '?'; // a letter
// ### BEGIN SOLUTION
const scanTrend = 'b';
const scanLayers = 'd';
const scanBest = 'c';
// ### END SOLUTION

// %% check="curves"

// %% [markdown]
// ## 5 · A sparsity for each layer ({{points}})
//
// Zeros alone save nothing: they have to be left out of the file, and then each kept
// weight must say where it belongs. Here it takes 32 bits and a 4-bit **index**
// ([Han et al. 2016](https://arxiv.org/abs/1510.00149)). What has no mask stays dense.
//
// **Write** `storedBytes(mask)`: the bytes of one weight array stored that way.
//
// **Example.** A mask of 10 weights keeps 4. They take 4 · 36 = 144 bits, that is 18 bytes
// instead of 40.
//
// **Write** `pruneLayers`: each named weight pruned to its own sparsity.
//
// **Example.** `pruneLayers(dense, { 'conv2d-2.kernel': 0.5 })` is a model with 576 zeros
// among the 1,152 weights of the second convolution. All other layers are as in `dense`.

// %% answer="allocation"
function storedBytes(mask: NDArray): number {
  // ### BEGIN SOLUTION
  const kept = mask.data.filter(value => value === 1).length;
  return (kept * (32 + 4)) / 8;
  // ### END SOLUTION
}

function pruneLayers(model: Model, sparsities: Record<string, number>): Model {
  // ### BEGIN SOLUTION
  const masks = Object.entries(sparsities).map(([name, sparsity]) => [
    name,
    fineGrainedPrune(weightOf(model, name), sparsity),
  ]);
  return applyMasks(model, Object.fromEntries(masks));
  // ### END SOLUTION
}

// %% check="allocation"

// %% [markdown]
// **Choose** `sparsities`, one for each of the nine weights (`'conv2d-1.kernel'` …
// `'dense-1.kernel'`), such that
//
// - the weights take at most 25 % **of** the bytes that they take in the dense network:
//   431,048 of 1,724,192 bytes;
// - with fresh batch-norm statistics (the cell below does that) at most 3 points of
//   validation accuracy are lost, without any training. One sparsity for all layers loses
//   5, ours 1.3. The curves above tell you where to take and where to spare.

// %% answer="sparsities"
// const sparsities = { 'conv2d-1.kernel': 0.5, … };
// ### BEGIN SOLUTION
const chosen = [0.3, 0.5, 0.6, 0.7, 0.7, 0.75, 0.75, 0.87, 0.5];
const sparsities = Object.fromEntries(
  weights.map((name, layer) => [name, chosen[layer]!]),
);
// ### END SOLUTION

// %%
const bytesOf = (model: Model) =>
  weights.reduce((sum, name) => {
    const { value, mask } = model.parameters[name]!;
    return sum + (mask ? storedBytes(mask) : 4 * value.data.length);
  }, 0);

// %%
const uniform = Object.fromEntries(weights.map(name => [name, 0.78]));
const trials = await deliver('trials', async () => {
  const rows = [];
  for (const [choice, map] of Object.entries({
    'one sparsity for all': uniform,
    yours: sparsities,
  })) {
    const model = pruneLayers(dense, map);
    const fresh = await refreshBatchNorm(model, train);
    rows.push({
      choice,
      'share of bytes': bytesOf(model) / bytesOf(dense),
      'one-shot': accuracy(model, validation),
      'fresh statistics': accuracy(fresh, validation),
    });
  }
  return rows;
});
table([
  {
    choice: 'dense',
    'share of bytes': 1,
    'one-shot': modelCard('fashion-mnist-vgg').accuracy.validation,
  },
  ...trials,
]);

// %% check="sparsities"

// %% [markdown]
// ## 6 · {{title}} ({{points}})
//
// The last column of that table is no training: not one weight differs from the column
// before. What does then?
//
// Batch norm subtracts a **mean** and divides by the root of a **variance** that it has
// stored for every channel. They were measured on the dense network. To refresh them, some
// batches go through the pruned network
// ([Li et al. 2020](https://arxiv.org/abs/2007.02491)).
//
// **Write** `averageStatistics(batches)`. Each batch is an array [n, channels] of the
// values that reach a batch norm. Take the mean and the variance of each channel in each
// batch (divide by n), then their mean over the batches: `{ mean: […], variance: […] }`.
//
// **Example.** One channel, two batches of two values:
//
// | batch | mean | variance |
// | --- | --- | --- |
// | 1, 3 | 2 | 1 |
// | 5, 9 | 7 | 4 |
// | mean over the batches | 4.5 | 2.5 |
//
// **Answer** in `refreshAnswer`: why does accuracy come back?
//
// - **a** The weights were trained a little on the way.
// - **b** The stored statistics belonged to the dense network; now they fit what the
//   pruned one computes.
// - **c** The most important of the pruned weights were put back.
// - **d** It has seen labels that it should not see.

// %% answer="batch-norm"
function averageStatistics(batches: NDArray[]): { mean: number[]; variance: number[] } {
  // ### BEGIN SOLUTION
  const channels = batches[0]!.shape[1]!;
  const mean = new Array<number>(channels).fill(0);
  const variance = new Array<number>(channels).fill(0);
  for (const { shape, data } of batches) {
    for (let c = 0; c < channels; c++) {
      const column = Array.from(
        { length: shape[0]! },
        (_, row) => data[row * channels + c]!,
      );
      const own = column.reduce((total, value) => total + value, 0) / column.length;
      mean[c]! += own / batches.length;
      variance[c]! +=
        column.reduce((total, value) => total + (value - own) ** 2, 0) /
        column.length /
        batches.length;
    }
  }
  return { mean, variance };
  // ### END SOLUTION
}

// const refreshAnswer = '?'; // a letter
// ### BEGIN SOLUTION
const refreshAnswer = 'b';
// ### END SOLUTION

// %% check="batch-norm"

// %% [markdown]
// ## 7 · Recovery ({{points}})
//
// Now train on, with the zeros held. One update of SGD with momentum 0.9, for each weight:
//
// velocity ← 0.9 · velocity + gradient
//
// weight ← weight − rate · velocity
//
// **Write** `maskedStep`: that update, after which pruned weights are 0 **whatever** their
// gradient and velocity are. It returns the new weight and the new velocity
// ([Han et al. 2015](https://arxiv.org/abs/1506.02626) train on this way).
//
// **Example.** At a rate of 0.5:
//
// | weight | velocity | gradient | mask | new velocity | new weight |
// | --- | --- | --- | --- | --- | --- |
// | 0.5 | 0.1 | 0.2 | 1 | 0.29 | 0.355 |
// | 0 | 0.1 | 0.2 | 0 | 0.29 | 0 |

// %% given="update-type"
interface Update {
  weight: number[];
  velocity: number[];
  gradient: number[];
  mask: number[];
}

// %% answer="recovery"
function maskedStep(
  { weight, velocity, gradient, mask }: Update,
  rate: number,
): { weight: number[]; velocity: number[] } {
  // ### BEGIN SOLUTION
  const faster = velocity.map((v, i) => 0.9 * v + gradient[i]!);
  return {
    weight: weight.map((w, i) => (w - rate * faster[i]!) * mask[i]!),
    velocity: faster,
  };
  // ### END SOLUTION
}

// %% check="recovery"

// %% [markdown]
// **Fine-tune** now: `fit` trains a copy and holds all masks. One epoch is enough, with a
// learning rate that falls from 0.02 to 0:
//
// ```ts
// fit(model, train, {
//   epochs: 1,
//   learningRate: cosineSchedule(0.02),
//   weightDecay: 5e-4,
//   augment: { flip: true },
// })
// ```
//
// | on the test images | accuracy lost, in points |
// | --- | --- |
// | one-shot, old statistics | 39 |
// | asked, at 25 % of the bytes | at most 1 |
// | ours, one epoch, five seeds | −0.2 to 0.2 |

// %% answer="pruned"
const pruned = await deliver('pruned', async () => {
  // return fit(…); // fit leaves what it is given, and returns a new model
  // ### BEGIN SOLUTION
  const learningRate = cosineSchedule(0.02);
  return fit(pruneLayers(dense, sparsities), train, {
    epochs: 1,
    learningRate,
    weightDecay: 5e-4,
    augment: { flip: true },
  });
  // ### END SOLUTION
});

// %%
table([
  {
    network: 'dense',
    sparsity: 0,
    'bytes of weights': bytesOf(dense),
    'test accuracy': modelCard('fashion-mnist-vgg').accuracy.test,
  },
  {
    network: 'pruned',
    sparsity: sparsity(pruned),
    'bytes of weights': bytesOf(pruned),
    'test accuracy': await deliver('pruned-accuracy', () => accuracy(pruned, test)),
  },
]);

// %% check="pruned"

// %% [markdown]
// ## 8 · {{title}} ({{points}})
//
// Scattered zeros make a small file, but an ordinary convolution multiplies by them all
// the same. To be *faster*, whole **channels** have to go, so that a smaller convolution
// remains.
//
// Take a convolution with its batch norm, and the layer that reads it. Removing channel 3
// between them removes slice 3 of six arrays:
//
// | array | axes | which |
// | --- | --- | --- |
// | kernel of the convolution | height × width × in × **out** | the last |
// | gamma, beta, mean, variance | **channels** | the only one |
// | kernel of the next layer | height × width × **in** × out, or **in** × out | the last but one |
//
// (Filters removed whole: [Li et al. 2017](https://arxiv.org/abs/1608.08710). Which arrays
// hang together in any network: [Fang et al. 2023](https://arxiv.org/abs/2301.12900).)
//
// `gather(values, axis, indices)` is given: it takes slices of an array, in the order that
// you name.

// %%
/** A convolution and its batch norm, which go together. */
interface ConvLayer {
  kernel: NDArray;
  gamma: NDArray;
  beta: NDArray;
  mean: NDArray;
  variance: NDArray;
}

/** The slices of `values` that `indices` names along `axis`, in that order. */
function gather(values: NDArray, axis: number, indices: number[]): NDArray {
  const { shape, data } = values;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const length = shape[axis]!;
  const picked: number[] = [];
  for (let outer = 0; outer < data.length; outer += length * inner)
    for (const index of indices)
      for (let i = 0; i < inner; i++) picked.push(data[outer + index * inner + i]!);
  return array(
    shape.map((size, a) => (a === axis ? indices.length : size)),
    picked,
  );
}

// %% [markdown]
// **Example.** Columns 2 and 0 of the rows [1, 2, 3] and [4, 5, 6], so 3, 1 and 6, 4:

// %%
gather(array([2, 3], [1, 2, 3, 4, 5, 6]), 1, [2, 0]).data;

// %% [markdown]
// **Write** three functions.
//
// - `channelsToKeep(channels, ratio)`: how many stay when this share is removed, to the
//   nearest whole number. **Example:** of 16 channels at a ratio of 0.3, 11 stay.
// - `channelMask(kernel, keep)`: the mask of a convolution's kernel that zeroes all output
//   channels but those in `keep`. **Example:** a kernel of 1 × 1 × 2 × 3 and `keep` = [0,
//   2] give 1, 0, 1, 1, 0, 1.
// - `keepChannels(layer, next, keep)`: both layers with only the channels in `keep`
//   between them, **in the order of** `keep`. **Example:** `keep` = [2, 0] turns a gamma
//   of 5, 6, 7 into 7, 5, and likewise the five other arrays, each along its own axis.
//
// **Answer** in `residualAnswer`. In a residual network y = x + f(x), x and f(x) have 16
// channels. You remove channel 3 of f's last convolution. What else has to go?
//
// - **a** Nothing: the sum then has 15 channels.
// - **b** Channel 3 of the layer that makes x, and nothing more.
// - **c** Channel 3 of the layer that makes x, and input channel 3 of every layer that
//   reads x or y.
// - **d** It cannot be done: residual networks have no channels to spare.

// %% answer="channels"
function channelsToKeep(channels: number, ratio: number): number {
  // ### BEGIN SOLUTION
  return Math.round((1 - ratio) * channels);
  // ### END SOLUTION
}

function channelMask(kernel: NDArray, keep: number[]): NDArray {
  // ### BEGIN SOLUTION
  const outputs = kernel.shape.at(-1)!;
  return array(
    kernel.shape,
    Uint8Array.from(kernel.data, (_, i) => (keep.includes(i % outputs) ? 1 : 0)),
    'uint8',
  );
  // ### END SOLUTION
}

function keepChannels(
  layer: ConvLayer,
  next: NDArray,
  keep: number[],
): { layer: ConvLayer; next: NDArray } {
  // ### BEGIN SOLUTION
  const cut: ConvLayer = {
    kernel: gather(layer.kernel, 3, keep),
    gamma: gather(layer.gamma, 0, keep),
    beta: gather(layer.beta, 0, keep),
    mean: gather(layer.mean, 0, keep),
    variance: gather(layer.variance, 0, keep),
  };
  return { layer: cut, next: gather(next, next.shape.length - 2, keep) };
  // ### END SOLUTION
}

// const residualAnswer = '?'; // a letter
// ### BEGIN SOLUTION
const residualAnswer = 'c';
// ### END SOLUTION

// %% check="channels"

// %% [markdown]
// ## 9 · Which channels? ({{points}})
//
// Keeping the *first* channels is as good as a lottery. A channel matters as much as it is
// **read**: if the next layer has only small weights for it, nobody will miss it. So the
// importance of channel c is the L2 norm √Σw² of **all weights of the next layer that read
// input channel c**.
//
// (Judging a channel by the layer that reads it:
// [Luo et al. 2017](https://arxiv.org/abs/1707.06342).)
//
// **Write** `inputChannelImportance(weight)`: one norm for each input channel (the last
// axis but one), for a convolution and for a dense layer.
//
// **Example.** A dense layer with the rows [3, 4] and [0, 1] has two inputs: their norms
// are 5 and 1.
//
// **Write** `sortChannels(layer, next)`: both layers with the channels between them
// reordered, the most important first. Nothing is removed, so the network computes exactly
// what it did before.
//
// **Example.** Importances of 1, 5, 2 mean the order 1, 2, 0. A gamma of 10, 20, 30
// becomes 20, 30, 10.

// %% answer="importance"
function inputChannelImportance(weight: NDArray): number[] {
  // ### BEGIN SOLUTION
  const axis = weight.shape.length - 2;
  return Array.from({ length: weight.shape[axis]! }, (_, channel) => {
    const reading = Array.from(gather(weight, axis, [channel]).data);
    return Math.sqrt(reading.reduce((total, value) => total + value ** 2, 0));
  });
  // ### END SOLUTION
}

function sortChannels(
  layer: ConvLayer,
  next: NDArray,
): { layer: ConvLayer; next: NDArray } {
  // ### BEGIN SOLUTION
  const importance = inputChannelImportance(next);
  const order = importance
    .map((_, channel) => channel)
    .sort((a, b) => importance[b]! - importance[a]!);
  return keepChannels(layer, next, order);
  // ### END SOLUTION
}

// %% check="importance"

// %% [markdown]
// The next two cells use your functions on the whole network: every convolution but the
// last loses 30 % of its channels.

// %%
/**
 * The shape of the dense network with other numbers of channels. Pooling follows the
 * second, fourth and sixth convolution.
 */
const netOf = (widths: number[]) =>
  vgg({
    widths: widths.flatMap((width, i) =>
      [1, 3, 5].includes(i) ? [width, 'M' as const] : [width],
    ),
  });

// %%
type Order = (layer: ConvLayer, next: NDArray) => { layer: ConvLayer; next: NDArray };

function narrowNetwork(model: Model, ratio: number, order: Order): Model {
  const values = Object.fromEntries(
    Object.keys(model.parameters).map(name => [name, weightOf(model, name)]),
  );
  const widths = weights.slice(0, 8).map(name => weightOf(model, name).shape[3]!);
  const few = widths.map((width, i) => (i < 7 ? channelsToKeep(width, ratio) : width));
  for (let i = 1; i <= 7; i++) {
    const [kernel, next, norm] = [`conv2d-${i}.kernel`, weights[i]!, `batch-norm-${i}`];
    const at = (role: string) => values[`${norm}.${role}`]!;
    const whole = {
      kernel: values[kernel]!,
      gamma: at('gamma'),
      beta: at('beta'),
      mean: at('mean'),
      variance: at('variance'),
    };
    const sorted = order(whole, values[next]!);
    const first = Array.from({ length: few[i - 1]! }, (_, channel) => channel);
    const cut = keepChannels(sorted.layer, sorted.next, first);
    values[next] = cut.next;
    values[kernel] = cut.layer.kernel;
    for (const role of ['gamma', 'beta', 'mean', 'variance'] as const)
      values[`${norm}.${role}`] = cut.layer[role];
  }
  return withParameters(
    netOf(few),
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { value }]),
    ),
  );
}

// %% [markdown]
// **Predict:** how much validation accuracy is left, without any training, if you keep the
// first channels? The best? The worst? Write your guesses into the next cell, as shares
// from 0 to 1; the table will show them beside what came.

// %%
await predict('orders', { 'the first': '?', 'the best': '?', 'the worst': '?' });

// %%
const orders = await deliver('orders', async () => {
  const best: Order = sortChannels;
  const first: Order = (layer, next) => ({ layer, next });
  const worst: Order = (layer, next) => {
    const sorted = sortChannels(layer, next);
    const backwards = [...sorted.layer.gamma.data.keys()].reverse();
    return keepChannels(sorted.layer, sorted.next, backwards);
  };
  const rows = [];
  for (const [kept, order] of Object.entries({
    'the first': first,
    'the best': best,
    'the worst': worst,
  })) {
    const model = narrowNetwork(dense, 0.3, order);
    rows.push({
      kept,
      'one-shot': accuracy(model, validation),
      'fresh statistics': accuracy(await refreshBatchNorm(model, train), validation),
    });
  }
  return rows;
});
reveal('orders', table(orders));

// %% [markdown]
// **Fine-tune** the narrow network, as you did with the pruned one; two epochs and a rate
// of 0.05 do well here.
//
// | on the test images | MACs left | accuracy lost, in points |
// | --- | --- | --- |
// | first channels, fresh statistics | 0.513 | 5.8 |
// | best channels, fresh statistics | 0.513 | 1.7 |
// | asked | at most 0.52 | at most 1.2 |
// | ours, two epochs, five seeds | 0.513 | −0.2 to 0.2 |

// %% answer="narrow"
const narrow = await deliver('narrow', async () => {
  // return fit(…); // fit leaves what it is given, and returns a new model
  // ### BEGIN SOLUTION
  const start = narrowNetwork(dense, 0.3, sortChannels);
  return fit(start, train, {
    epochs: 2,
    learningRate: cosineSchedule(0.05),
    weightDecay: 5e-4,
    augment: { flip: true },
  });
  // ### END SOLUTION
});

// %% check="narrow"

// %% [markdown]
// ## 10 · MACs and latency ({{points}})
//
// **Predict:** 30 % of the channels are gone. Which share of the MACs is left? And which
// share of the time? The picture below shows your guesses beside what you measure.

// %%
await predict('narrow', { MACs: '?', time: '?' }); // shares of dense, from 0 to 1

// %% [markdown]
// **Write** the two rows: MACs and the median latency in milliseconds
// (`latency(model).medianMs`, one image at a time).
//
// **Example.** A row for a network of a million MACs that takes half a millisecond is
// `{ macs: 1_000_000, milliseconds: 0.5 }`.

// %% answer="latency"
const latencies = await deliver('latencies', async () => {
  // return { dense: { macs: …, milliseconds: … }, narrow: { … } };
  // ### BEGIN SOLUTION
  const row = (model: Model) => ({
    macs: macs(model),
    milliseconds: latency(model).medianMs,
  });
  return { dense: row(dense), narrow: row(narrow) };
  // ### END SOLUTION
});

// %% check="latency"

// %%
const shareOf = (count: 'macs' | 'milliseconds') =>
  [
    ['dense', 1],
    ['narrow', latencies.narrow[count] / latencies.dense[count]],
  ] as const;
reveal(
  'narrow',
  plot.bar(
    { MACs: shareOf('macs'), time: shareOf('milliseconds') },
    {
      title: 'Counted against measured',
      y: { title: 'Share of dense', percent: true },
    },
  ),
);

// %% [markdown]
// Half of the work, and hardly faster? A processor multiplies 8 or 16 numbers at once, and
// a layer of 45 channels leaves the last lanes empty. Same MACs, rounder widths, 32 images
// at a time:

// %%
const shapes = {
  dense: [8, 16, 32, 64, 64, 128, 128, 128],
  'narrow: 45, 90 …': [6, 11, 22, 45, 45, 90, 90, 128],
  'multiples of 8': [8, 8, 24, 48, 48, 88, 88, 128],
  'multiples of 16': [8, 16, 16, 48, 48, 80, 96, 128],
};
const timings = await deliver('timings', () =>
  Object.entries(shapes).map(([widths, list]) => {
    const net = netOf(list);
    return { widths, MACs: macs(net), milliseconds: latency(net, { batch: 32 }).minMs };
  }),
);
table(timings);

// %% [markdown]
// Measured once on a server, share of the dense network's time: 1.13, 0.80 and 0.73 on one
// thread; 1.10, 0.80 and 0.78 on two.
//
// The next two answers are noted by the check, and judged when the lab is graded.
//
// **Answer** in `macsAnswer`: why about half of the MACs, and not 70 %?
//
// - **a** Rounding the numbers of channels removes the rest.
// - **b** A convolution has fewer inputs **and** fewer outputs: 0.7 · 0.7 = 0.49.
// - **c** The pooling layers have less to do.
// - **d** The images become smaller from layer to layer.
//
// **Answer** in `latencyAnswer`: why does time fall less than MACs?
//
// - **a** The removed channels are still computed, as zeros.
// - **b** It does not: such a short measurement is noise.
// - **c** Zeros in the weights are not skipped.
// - **d** Each layer takes time to start and to move its data, and small or odd widths use
//   the processor less well.

// %% answer="half-the-macs"
// const macsAnswer = '?'; // a letter
// const latencyAnswer = '?'; // a letter
// ### BEGIN SOLUTION
const macsAnswer = 'b';
const latencyAnswer = 'd';
// ### END SOLUTION

// %% check="half-the-macs"

// %% [markdown]
// ## 11 · {{title}} ({{points}})

// %%
const networks = { dense, pruned, narrow };
const compared = await deliver('compared', () =>
  Object.entries(networks).map(([network, model]) => ({
    network,
    'bytes of weights': network === 'pruned' ? bytesOf(model) : modelSize(model),
    MACs: macs(model),
    'latency in ms':
      network === 'narrow'
        ? latencies.narrow.milliseconds
        : latencies.dense.milliseconds,
    'test accuracy': accuracy(model, test),
  })),
);
table(compared);

// %% [markdown]
// These two answers, too, are noted by the check, and judged when the lab is graded.
//
// **Answer** in `compareAnswer`: fine-grained pruning removes more weights and loses less.
// Why?
//
// - **a** It judges each weight for itself; a channel takes its large weights along with
//   the small ones.
// - **b** It removes fewer weights.
// - **c** Zeros still help to compute; removed weights do not.
// - **d** Only fine-grained pruning was followed by training.
//
// **Answer** in `phoneAnswer`: an app runs the network on a phone's processor, with
// ordinary dense kernels. It has to be **faster**. Which one?
//
// - **a** Fine-grained: it has the fewest weights, so the fewest multiplications.
// - **b** Fine-grained: its file is smallest, and loading is what takes time.
// - **c** Channel pruning, with widths that suit the processor: what remains is an
//   ordinary, smaller network.
// - **d** Either: MACs saved are time saved.

// %% answer="comparison"
// const compareAnswer = '?'; // a letter
// const phoneAnswer = '?'; // a letter
// ### BEGIN SOLUTION
const compareAnswer = 'a';
const phoneAnswer = 'c';
// ### END SOLUTION

// %% check="comparison"

// %% [markdown]
// ## 12 · {{title}} ({{points}})
//
// Between scattered zeros and whole channels lies a compromise: of **every four** weights
// in a row, two are zero. An index then needs 2 bits only, and NVIDIA's GPUs since 2020
// have units that skip the zeros ([Mishra et al. 2021](https://arxiv.org/abs/2104.08378)).
//
// **Write** `twoOfFour(weight)`: the mask of a matrix [rows, columns] that keeps the two
// largest magnitudes of each four that follow each other in a row. The number of columns
// is a multiple of 4.
//
// **Example.** A row of eight weights has two groups:
//
// | | group 1 | group 2 |
// | --- | --- | --- |
// | weights | 0.1, −0.9, 0.5, 0.2 | 3, 1, −2, 0 |
// | mask | 0, 1, 1, 0 | 1, 0, 1, 0 |
//
// **Answer** in `packedRatio`: four weights of 16 bits are packed into two weights and two
// 2-bit indices. How many times smaller is that?
//
// **Example.** Of every two weights of 16 bits one stays, with a 1-bit index. 32 bits
// become 17: 1.88 times smaller.

// %% answer="n-m"
function twoOfFour(weight: NDArray): NDArray {
  // ### BEGIN SOLUTION
  const kept = Array.from(weight.data, () => 0);
  for (let group = 0; group < kept.length; group += 4) {
    const places = [group, group + 1, group + 2, group + 3];
    places.sort((a, b) => Math.abs(weight.data[b]!) - Math.abs(weight.data[a]!));
    for (const place of places.slice(0, 2)) kept[place] = 1;
  }
  return array(weight.shape, kept, 'uint8');
  // ### END SOLUTION
}

// const packedRatio = …; // a number
// ### BEGIN SOLUTION
const packedRatio = (4 * 16) / (2 * 16 + 2 * 2);
// ### END SOLUTION

// %% check="n-m"

// %%
plot.heatmap(
  twoOfFour(array([8, 32], weightOf(dense, 'conv2d-4.kernel').data.slice(0, 8 * 32))),
  {
    title: '2:4: two of each four stay',
    height: 240,
  },
);

// %% [markdown]
// **What became of it.** The pattern helps only where both the GPU and the software know
// it. vLLM, the main open project for serving language models, took its support for 2:4
// out in 2026: such models were not widely used
// ([pull request 36799](https://github.com/vllm-project/vllm/pull/36799)).
//
// A CPU has no units for it, so a program has to unpack the pairs, which costs more than
// skipping half of the multiplications saves. Measured in this project, on two threads and
// with a weight of 1024 × 1024, the packed product took about 4 times as long as the dense
// one for a single input, and about 20 times for 64 of them.

// %% [markdown]
// ## 13 · SNIP: pruning before training ({{points}})
//
// Why train what is thrown away? [SNIP](https://arxiv.org/abs/1810.02340) looks at an
// **untrained** network: multiply each weight by a gate of 1 and ask how much the loss
// would change if the gate closed. To first order that is w · dL/dw, so the score of
// weight j is
//
// s_j = |w_j · g_j| / Σ_k |w_k · g_k|
//
// **Example.** Weights 2, −1 with the gradients 0.5, 3: the products are 1 and 3 in size,
// their sum is 4, the scores are 0.25 and 0.75.
//
// **Write** `snipScores(weight, gradient)`, an array of the weight's shape. The sum runs
// over all its weights.

// %% answer="snip"
function snipScores(weight: NDArray, gradient: NDArray): NDArray {
  // ### BEGIN SOLUTION
  const scores = Float64Array.from(weight.data, (w, i) =>
    Math.abs(w * gradient.data[i]!),
  );
  const total = scores.reduce((sum, score) => sum + score, 0);
  return array(
    weight.shape,
    Float32Array.from(scores, score => score / total),
  );
  // ### END SOLUTION
}

// %% check="snip"

// %% [markdown]
// A small dense network, 784-300-100-10, at 98 % sparsity, two ways. *Per layer*: each
// layer loses 98 %. *Global*: all layers compete for the 2 % that stay.
//
// `mlpWeights` lists the names of its three weights, and `gradients` gives dL/dw under the
// same names.

// %%
const untrained = mlp({ seed: 1 });
const slopes = gradients(untrained, take(train, 256));
const mlpWeights = Object.keys(slopes).filter(name => name.endsWith('.kernel'));

// %%
const products = mlpWeights.map(name =>
  weightOf(untrained, name).data.map((w, i) => w * slopes[name]!.data[i]!),
);
const joined = array(
  [products.reduce((sum, p) => sum + p.length, 0)],
  Float32Array.from(products.flatMap(p => [...p])),
);
const together = fineGrainedPrune(joined, 0.98);
let start = 0;
const globalMasks: Record<string, NDArray> = {};
const layerMasks: Record<string, NDArray> = {};
for (const [i, name] of mlpWeights.entries()) {
  const { shape, data } = weightOf(untrained, name);
  globalMasks[name] = array(
    shape,
    together.data.slice(start, start + data.length),
    'uint8',
  );
  layerMasks[name] = fineGrainedPrune(array(shape, products[i]!), 0.98);
  start += data.length;
}
const density = (mask: NDArray) =>
  mask.data.filter(kept => kept === 1).length / mask.data.length;
plot.bar(
  {
    'per layer': mlpWeights.map(name => [name, density(layerMasks[name]!)] as const),
    global: mlpWeights.map(name => [name, density(globalMasks[name]!)] as const),
  },
  {
    title: 'Weights that stay, layer by layer',
    y: { title: 'Density', percent: true },
  },
);

// %% [markdown]
// **Predict:** after two epochs of training, how accurate is each? Your guesses, as shares
// from 0 to 1:

// %%
await predict('snipped', { 'per layer': '?', global: '?' });

// %%
const snipped = await deliver('snipped', async () => {
  const rows = [];
  for (const [scope, masks] of Object.entries({
    'per layer': layerMasks,
    global: globalMasks,
  })) {
    const model = await fit(applyMasks(untrained, masks), train, {
      epochs: 2,
      optimizer: 'adam',
      learningRate: 0.0012,
    });
    rows.push({ scope, 'test accuracy': accuracy(model, test) });
  }
  return rows;
});
reveal('snipped', table(snipped));

// %% [markdown]
// Losing a layer almost whole is known as *layer collapse*
// ([Tanaka et al. 2020](https://arxiv.org/abs/2006.05467)).
//
// **Answer** in `collapseAnswer`: why is the global choice so much better?
//
// - **a** It keeps more weights in all.
// - **b** The last layer has 1,000 weights: 2 % of them are 20 for ten classes. Global
//   keeps many more there.
// - **c** It uses better gradients.
// - **d** It keeps more of the first layer, which sees the image.

// %% answer="collapse"
// const collapseAnswer = '?'; // a letter
// ### BEGIN SOLUTION
const collapseAnswer = 'b';
// ### END SOLUTION

// %% check="collapse"

// %% [markdown]
// ## 14 · {{title}} ({{points}})
//
// A channel that is 0 after its ReLU for almost every image does little, whatever its
// weights are. APoZ, the *average percentage of zeros*, is the share of zeros of a channel
// over a batch and over all positions
// ([Hu et al. 2016](https://arxiv.org/abs/1607.03250)).
//
// **Write** `zeroShares(activations)`, one share (0 to 1) for each channel of an array
// [batch, height, width, channels].
//
// **Example.** One image of 1 × 2 positions with two channels, 0, 5 at the first and 0, 0
// at the second: the shares are 1 and 0.5.
//
// **Answer** in `apozAnswer`: which channels should go first?
//
// - **a** Those with the highest share of zeros.
// - **b** Those with the lowest share of zeros.
// - **c** The same ones that have the smallest weights.

// %% answer="apoz"
function zeroShares(activations: NDArray): number[] {
  // ### BEGIN SOLUTION
  const channels = activations.shape[3]!;
  const zeros = new Array<number>(channels).fill(0);
  activations.data.forEach((value, i) => {
    if (value === 0) zeros[i % channels]! += 1;
  });
  return zeros.map(count => (count * channels) / activations.data.length);
  // ### END SOLUTION
}

// const apozAnswer = '?'; // a letter
// ### BEGIN SOLUTION
const apozAnswer = 'a';
// ### END SOLUTION

// %% check="apoz"

// %%
const seen = predict({ ...dense, output: 'relu-6' }, take(validation, 100).images);
plot.bar(
  zeroShares(seen)
    .sort((a, b) => b - a)
    .map((share, rank) => [String(rank + 1), share] as const),
  {
    title: 'Channels of the sixth convolution',
    x: 'Channel, by rank',
    y: { title: 'Zeros', percent: true },
  },
);

// %% [markdown]
// ## 15 · {{title}} ({{points}})
//
// Train, prune the smallest weights, then **rewind**: give every weight that is left the
// value it had *before* training. Repeat. The claim: the few weights that remain, with
// their first values, are a winning ticket
// ([Frankle and Carbin 2019](https://arxiv.org/abs/1803.03635)). They learn faster than
// the same few with other first values.
//
// **Write** `nextTicket`: given one layer's initial weights, trained weights and mask, and
// a rate, it returns the next mask, in which round(rate · kept) of the weights that are
// **still there** are gone, the smallest after training first; and the weights to start
// from.
//
// **Example.** A rate of 0.5 and four weights that are still there, so two of them go: the
// fifth (0.1 in size) and the third (0.2).
//
// | weight | first | second | third | fourth | fifth |
// | --- | --- | --- | --- | --- | --- |
// | initial | 0.1 | 0.2 | 0.3 | 0.4 | 0.5 |
// | trained | 0.9 | 0 | −0.2 | 0.6 | −0.1 |
// | mask | 1 | 0 | 1 | 1 | 1 |
// | **next mask** | 1 | 0 | 0 | 1 | 0 |
// | **weights to start from** | 0.1 | 0 | 0 | 0.4 | 0 |

// %% given="round-type"
interface Round {
  initial: NDArray;
  trained: NDArray;
  mask: NDArray;
}

// %% answer="ticket"
function nextTicket(
  { initial, trained, mask }: Round,
  rate: number,
): { mask: NDArray; weight: NDArray } {
  // ### BEGIN SOLUTION
  const alive = [...mask.data.keys()].filter(i => mask.data[i] === 1);
  alive.sort((a, b) => Math.abs(trained.data[a]!) - Math.abs(trained.data[b]!));
  const next = Uint8Array.from(mask.data);
  for (const i of alive.slice(0, Math.round(rate * alive.length))) next[i] = 0;
  const rewound = Float32Array.from(initial.data, (value, i) =>
    next[i] === 1 ? value : 0,
  );
  return {
    mask: array(mask.shape, next, 'uint8'),
    weight: array(initial.shape, rewound),
  };
  // ### END SOLUTION
}

// %% check="ticket"

// %% [markdown]
// **Play** four rounds on the network 784-300-100-10 and hand in the masks. At most 12 %
// of the weights may stay. The grader gives your ticket and the dense network 78 updates
// each. Yours may be 3 points behind; ours are 1 behind to 2 ahead, and masks that no
// training chose 8 to 15 behind.

// %%
const initial = mlp({ seed: 1 });

// %% answer="tickets"
const tickets = await deliver('tickets', async () => {
  const all = (name: string) =>
    array(
      weightOf(initial, name).shape,
      weightOf(initial, name).data.map(() => 1),
      'uint8',
    );
  const masks: Record<string, NDArray> = Object.fromEntries(
    mlpWeights.map(name => [name, all(name)]),
  );
  // ### BEGIN SOLUTION
  for (let round = 1; round <= 4; round++) {
    const trained = await fit(applyMasks(initial, masks), train, {
      epochs: 2,
      seed: round,
      optimizer: 'adam',
      learningRate: 0.0012,
    });
    for (const name of mlpWeights) {
      const rate = name === 'dense-3.kernel' ? 0.2 : 0.45;
      const given = {
        initial: weightOf(initial, name),
        trained: weightOf(trained, name),
        mask: masks[name]!,
      };
      masks[name] = nextTicket(given, rate).mask;
    }
  }
  // ### END SOLUTION
  return masks;
});

// %% [markdown]
// **Predict:** 78 updates each. How far is your ticket behind the dense network? How far
// are the same masks with other first values behind your ticket? Accuracies, as shares from
// 0 to 1:

// %%
await predict('race', {
  'dense, all weights': '?',
  'ticket, its first values': '?',
  'same masks, other values': '?',
});

// %%
const race = await deliver('race', async () => {
  const other = mlp({ seed: 2 });
  const early = {
    steps: 78,
    seed: 1,
    optimizer: 'adam',
    learningRate: 0.0012,
    reporter: {},
  } as const;
  const rows = [];
  for (const [network, model] of Object.entries({
    'dense, all weights': initial,
    'ticket, its first values': applyMasks(initial, tickets),
    'same masks, other values': applyMasks(other, tickets),
  }))
    rows.push({
      network,
      density: 1 - sparsity(model),
      'accuracy after 78 updates': accuracy(await fit(model, train, early), validation),
    });
  return rows;
});
reveal('race', table(race));

// %% check="tickets"

// %% [markdown]
// ## 16 · {{title}} ({{points}})
//
// Back to the 4-bit index of question 5. The accelerator
// [EIE](https://arxiv.org/abs/1602.01528) stores a column as its kept **values**, and for
// each the number of **zeros before it** since the last stored value. Four bits count to
// 15, so after 15 zeros comes a **filler**: the next zero is stored like a value. Zeros at
// the end of a column need no entry.
//
// **Example.** The column 0, 7, *seventeen zeros*, 4, 0:
//
// | entry | value | zeros before it |
// | --- | --- | --- |
// | the 7 | 7 | 1 |
// | filler, the sixteenth of the zeros | **0** | **15** |
// | the 4 | 4 | 1 |
//
// **Write** `encodeColumn(column)`.
//
// **Answer** in `eieBytes`: of 10,000 weights 1,000 are kept, and 200 fillers are needed.
// How many bytes, with 32-bit values and 4-bit indices?
//
// **Example.** 100 kept weights and 10 fillers: 110 entries of 36 bits, 495 bytes.

// %% answer="eie"
function encodeColumn(column: number[]): { values: number[]; zeros: number[] } {
  // ### BEGIN SOLUTION
  const encoded = { values: [] as number[], zeros: [] as number[] };
  const last = column.findLastIndex(value => value !== 0);
  let run = 0;
  for (const value of column.slice(0, last + 1)) {
    if (value === 0 && run < 15) {
      run += 1;
      continue;
    }
    encoded.values.push(value);
    encoded.zeros.push(run);
    run = 0;
  }
  return encoded;
  // ### END SOLUTION
}

// const eieBytes = …; // a number
// ### BEGIN SOLUTION
const eieBytes = ((1000 + 200) * (32 + 4)) / 8;
// ### END SOLUTION

// %% check="eie"

// %%
const densities = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5];
const extra = densities.map(share => {
  const sparse = fineGrainedPrune(weightOf(dense, 'conv2d-8.kernel'), 1 - share);
  const { values } = encodeColumn(Array.from(sparse.data));
  return values.length / values.filter(value => value !== 0).length;
});
plot.line(extra, {
  at: densities,
  markers: true,
  title: 'What fillers cost',
  x: { title: 'Density', percent: true },
  y: 'Entries for each kept weight',
});

// %% [markdown]
// ## Beyond the points · A leaderboard
//
// 30 % everywhere is a crude choice. [NetAdapt](https://arxiv.org/abs/1804.03230) goes
// step by step: it takes channels from the layer where that hurts least, measures, and
// goes on until the budget is met. Can you do better?
//
// Hand in `widths`: the number of channels of each of the eight convolutions, at most 30 %
// of the dense network's MACs. The grader keeps the best channels of your list, refreshes
// batch norm, trains nothing, and computes
//
// **score = 100 · (your accuracy − accuracy of NetAdapt's list)** on pictures that nobody
// has seen.
//
// | list | MACs | validation accuracy | score there | bonus |
// | --- | --- | --- | --- | --- |
// | the same share everywhere: 4 9 17 33 33 67 67 128 | 0.30 | 0.769 | −5.9 | more than this: 1 point |
// | NetAdapt: 8 6 12 22 64 50 71 128 | 0.30 | 0.824 | 0 | more than this: 2 more |
// | yours? | at most 0.30 | | above 1.5 | 2 more |
//
// These points come on top of the 100. Hint: change one layer, pay with another, keep what
// is better.

// %% answer="leaderboard"
// const widths = [8, 16, 32, 64, 64, 128, 128, 128];
// ### BEGIN SOLUTION
const widths = [7, 6, 19, 21, 64, 50, 59, 113];
// ### END SOLUTION

// %%
const tried = await deliver('tried', async () => {
  const full = [8, 16, 32, 64, 64, 128, 128, 128];
  const ratio = Object.fromEntries(
    widths.map((width, i) => [`conv2d-${i + 1}`, 1 - width / full[i]!]),
  );
  const model = await refreshBatchNorm(pruneChannels(dense, { ratio }), train);
  return [
    {
      widths: widths.join(' '),
      'share of MACs': macs(model) / macs(dense),
      'validation accuracy': accuracy(model, validation),
    },
  ];
});
table(tried);

// %% check="leaderboard"

// %% [markdown]
// ## Done?
//
// `checkAll()` runs every check once more and adds up the points. Hand in this notebook
// together with the folder `deliverables` beside it.

// %%
await checkAll();
