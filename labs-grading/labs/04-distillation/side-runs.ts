import {
  array,
  crossEntropy,
  type Dataset,
  dataset,
  distill,
  type FitOptions,
  fit,
  type Loss,
  lossWith,
  type Model,
  predict,
  quantize,
  softDivergence,
  softTargets,
  subset,
  tf,
} from 'tinylab';
import { augmented } from './augmented-run.ts';
import { labelled, recipe, sizes, student, teacher, train, validation } from './runs.ts';

// Runs of Lab 04 beside its main table: features, relations, peers, an omitted class, a widened net, few bits.

/** The labelled images and their mirror images, so that a teacher need be asked once for each. */
function withMirrors({ name, images, labels, classes }: Dataset): Dataset {
  const width = images.shape[2] as number;
  const mirrored = images.data.map((_, i) => images.data[i - (i % width) + width - 1 - (i % width)] as number);
  const [n = 0, ...rest] = images.shape;
  return dataset({
    name: `${name}, and mirrored`,
    images: array([2 * n, ...rest], Uint8Array.from([...images.data, ...mirrored]), 'uint8'),
    labels: array([2 * n], Int32Array.from([...labels.data, ...labels.data]), 'int32'),
    classes,
  });
}

const few = withMirrors(labelled(0));
const cached = distill.cachedTeacher(teacher, few, { nodes: ['dense-1', 'max-pool-2', 'global-average-pool-1'] });
const plain = (seed: number, steps: number): FitOptions => ({ ...recipe(seed, steps), augment: undefined });
type Row = (seed: number, steps: number) => Promise<Model>;

/** Cross-entropy on the labels, and a weighed match with the teacher. */
const matching =
  (weight: number, match: (model: Model) => distill.Match, labels = 1): Row =>
  (seed, steps) => {
    const model = student(sizes.s3, seed);
    const loss = distill.distillationLoss({ teacher: cached, matches: [[weight, match(model)]], labels: [labels] });
    return fit(model, few, { ...plain(seed, steps), loss });
  };
const pairAt = (model: Model, own: string, its: string): distill.PlacePair => ({
  student: { model, node: own },
  teacher: { model: teacher, node: its },
});

/** Squared activations added up over channels, as unit vectors [n, h·w]. */
function attention(map: tf.Tensor): tf.Tensor {
  const sums = tf.sum(tf.square(map), -1).reshape([map.shape[0] as number, -1]);
  return tf.div(sums, tf.add(tf.norm(sums, 2, 1, true), 1e-12));
}

/** Distances of all pairs over their mean. */
function distances(points: tf.Tensor): tf.Tensor {
  const products = tf.matMul(points as tf.Tensor2D, points as tf.Tensor2D, false, true);
  const n = points.shape[0] as number;
  const squares = tf.sum(tf.square(points), 1);
  const squared = tf.sub(tf.add(squares.reshape([n, 1]), squares.reshape([1, n])), tf.mul(products, 2));
  const all = tf.mul(tf.sqrt(tf.add(tf.relu(squared), 1e-8)), tf.sub(1, tf.eye(n)));
  return tf.div(all, tf.div(tf.sum(all), n * (n - 1)));
}

function huber(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  const off = tf.abs(tf.sub(a, b));
  const near = tf.minimum(off, 1);
  return tf.mean(tf.add(tf.mul(tf.square(near), 0.5), tf.sub(off, near))).asScalar();
}

/** What a batch's tensor holds, without its past. */
const constant = (value: tf.Tensor): tf.Tensor => tf.tensor(value.dataSync(), value.shape);

/** Two students side by side, each of whom learns from the labels and from what the other says. */
const peers: Row = (seed, steps) => {
  const other = distill.companion(student(sizes.s3, seed + 50), 'peer');
  const hard = crossEntropy();
  const loss = lossWith({ owns: other.owns }, (outputs, targets, context) => {
    const its = other.values(['dense-1'], context.inputs, context)['dense-1'] as tf.Tensor;
    return tf
      .addN([
        hard(outputs, targets, context),
        hard(its, targets, context),
        softDivergence(outputs, constant(its), { temperature: 1 }),
        softDivergence(its, constant(outputs), { temperature: 1 }),
      ])
      .asScalar();
  });
  return fit(student(sizes.s3, seed), few, { ...plain(seed, steps), loss });
};

const all = predict(teacher, train.images);
/** What the teacher says, of images of all classes but one. */
const omitting =
  (left: number, hard = false): Row =>
  (seed, steps) => {
    const kept = [...train.labels.data].flatMap((label, i) => (label === left ? [] : [i]));
    const classes = all.shape[1] as number;
    const logits = array(
      [kept.length, classes],
      Float32Array.from(kept.flatMap(i => [...all.data.subarray(i * classes, (i + 1) * classes)])),
    );
    const options = recipe(seed, steps);
    const seen = subset(train, kept);
    if (hard) return fit(student(sizes.s3, seed), seen, options);
    return fit(student(sizes.s3, seed), { inputs: seen.images, targets: logits }, { ...options, loss: softTargets({ temperature: 4 }) });
  };

const quantized =
  (bits: number, loss?: (model: Model) => Loss): Row =>
  async (seed, steps) => {
    const weights = { format: quantize.affineFormat({ bits, symmetric: true }), granularity: quantize.axis(-1) };
    const model = student(sizes.s3, seed);
    const hooks = quantize.quantizationAware(model, { weights });
    return quantize.quantizeWeights(await fit(model, few, { ...plain(seed, steps), hooks, loss: loss?.(model) }), weights);
  };
const taught = (model: Model): Loss =>
  distill.distillationLoss({
    teacher: cached,
    matches: [[0.9, distill.logits({ student: { model }, teacher: { model: teacher } }, { temperature: 4 })]],
    labels: [0.1],
  });

/** Every row by its name. */
export const sideRows: Readonly<Record<string, Row>> = {
  scratch: (seed, steps) => fit(student(sizes.s3, seed), few, plain(seed, steps)),
  distilled: (seed, steps) => {
    const model = student(sizes.s3, seed);
    return fit(model, few, { ...plain(seed, steps), loss: taught(model) });
  },
  hint: matching(1, model => distill.hint(pairAt(model, 'max-pool-1', 'max-pool-2'))),
  attention: matching(1000, model =>
    distill.matchOf(pairAt(model, 'max-pool-1', 'max-pool-2'), (s, t) =>
      tf.mean(tf.squaredDifference(attention(s), attention(t))).asScalar(),
    ),
  ),
  relation: matching(25, model =>
    distill.matchOf(pairAt(model, 'global-average-pool-1', 'global-average-pool-1'), (s, t) => huber(distances(s), distances(t))),
  ),
  peers,
  'without boots': omitting(9),
  'without boots, hard': omitting(9, true),
  'without trousers': omitting(1),
  '4 bits': quantized(4),
  '4 bits, distilled': quantized(4, taught),
  '2 bits': quantized(2),
  '2 bits, distilled': quantized(2, taught),
  'small, all labels': (seed, steps) => fit(student(sizes.s1, seed), train, recipe(seed, steps)),
  'small, augmented': (seed, steps) => augmented(seed, steps),
};

/** Recall of a class and accuracy, before and after its bias is moved by the shift that is best on validation. */
export function moved(model: Model, left: number, test: Dataset): Record<string, number> {
  const shiftOf = { best: 0, right: -1 };
  const own = predict(model, validation.images);
  for (let shift = 0; shift <= 15; shift += 0.25) {
    const { right } = scored(own, validation, { left, shift });
    if (right > shiftOf.right) Object.assign(shiftOf, { best: shift, right });
  }
  const said = predict(model, test.images);
  const [before, after] = [0, shiftOf.best].map(shift => scored(said, test, { left, shift }));
  return {
    shift: shiftOf.best,
    recallBefore: before?.recall as number,
    recallAfter: after?.recall as number,
    accuracyBefore: before?.right as number,
    accuracyAfter: after?.right as number,
  };
}

function scored(
  logits: ReturnType<typeof predict>,
  { labels }: Dataset,
  { left, shift }: { left: number; shift: number },
): { right: number; recall: number } {
  const classes = logits.shape[1] as number;
  let [right, found, there] = [0, 0, 0];
  labels.data.forEach((label: number, i: number) => {
    const row = logits.data.slice(i * classes, (i + 1) * classes);
    row[left] = (row[left] as number) + shift;
    const hit = row.indexOf(Math.max(...row)) === label;
    if (hit) right++;
    if (label === left) there++;
    if (label === left && hit) found++;
  });
  return { right: Math.round((1e4 * right) / labels.data.length) / 100, recall: Math.round((1000 * found) / there) / 1000 };
}
