import {
  accuracy,
  array,
  crossEntropy,
  type Dataset,
  type FitOptions,
  fit,
  type Loss,
  loadDataset,
  type Model,
  type NDArray,
  network,
  oneCycleSchedule,
  predict,
  pretrained,
  softDivergence,
  softTargets,
  subset,
  tf,
} from 'tinylab';
import { hiddenFashionMnist } from '../../data/fashion-mnist/hidden.ts';

// Runs of Lab 04: one student, one recipe, one row of a table each.

export const { train, validation, test } = await loadDataset('fashion-mnist');
export const hidden = hiddenFashionMnist();

/** Three convolutions with batch norm, the first with a stride of 2. */
export function student(widths: readonly [number, number, number], seed: number): Model {
  const [a, b, c] = widths;
  return network(`student-${widths.join('-')}`, [28, 28, 1], { seed })
    .conv2d(a, 3, { strides: 2, bias: false })
    .batchNorm()
    .relu()
    .conv2d(b, 3, { bias: false })
    .batchNorm()
    .relu()
    .maxPool()
    .conv2d(c, 3, { bias: false })
    .batchNorm()
    .relu()
    .globalAveragePool()
    .dense(10)
    .model();
}

export const sizes = { s1: [4, 8, 15], s3: [8, 12, 22], s8: [8, 18, 38], s20: [12, 28, 64] } as const;

/** The labelled images of a choice: 1,000 of the training set, each choice others. */
export const labelled = (choice: number): Dataset =>
  subset(
    train,
    Array.from({ length: 1000 }, (_, i) => 1000 * choice + i),
  );

/** What all runs share; the rate is that of all but one row. */
export const recipe = (seed: number, steps: number, rate = 0.5): FitOptions => ({
  steps,
  seed,
  batchSize: 64,
  optimizer: 'nesterov',
  learningRate: oneCycleSchedule(rate),
  weightDecay: 1e-4,
  augment: { flip: true },
  reporter: {},
});

/** Rows [label, logits …] float32 [n, 1 + classes], so that one array of targets carries both. */
export function packed(labels: NDArray, logits: NDArray): NDArray {
  const [count = 0, classes = 0] = logits.shape;
  const rows = new Float32Array(count * (1 + classes));
  for (let i = 0; i < count; i++) {
    rows[i * (1 + classes)] = labels.data[i] as number;
    rows.set(logits.data.subarray(i * classes, (i + 1) * classes), i * (1 + classes) + 1);
  }
  return array([count, 1 + classes], rows);
}

/** (1 - α) CE + α T² KL on packed targets. */
export const both = (temperature: number, alpha: number, scaled = true): Loss => {
  const hard = crossEntropy();
  return (outputs, targets, context) => {
    const labels = targets.slice([0, 0], [-1, 1]).reshape([-1]).toInt();
    const soft = softDivergence(outputs, targets.slice([0, 1], [-1, -1]), { temperature, scaled });
    return tf.add(tf.mul(hard(outputs, labels, context), 1 - alpha), tf.mul(soft, alpha)).asScalar();
  };
};

const said = new Map<string, NDArray>();

/** What a teacher says of some images, asked once. */
export function logitsOf(key: string, teacher: Model, images: NDArray): NDArray {
  const known = said.get(key) ?? predict(teacher, images);
  said.set(key, known);
  return known;
}

export const teacher = pretrained('fashion-mnist-vgg');
/** The class that a network holds for most likely, of each row. */
export const topOf = (logits: NDArray): NDArray => {
  const [count = 0, classes = 0] = logits.shape;
  return array(
    [count],
    Int32Array.from({ length: count }, (_, i) => {
      const row = logits.data.subarray(i * classes, (i + 1) * classes);
      return row.indexOf(Math.max(...row));
    }),
  );
};

/** Accuracy on validation, test and hidden images, in points. */
export const on = (model: Model): number[] => [validation, test, hidden].map(data => Math.round(accuracy(model, data) * 1e4) / 100);

/** One run: a trained student. */
export interface Run {
  readonly row: string;
  readonly choice: number;
  readonly seed: number;
  readonly steps: number;
}

type Row = (run: Run) => Promise<Model>;

const start = ({ seed }: Run, size: keyof typeof sizes = 's3'): Model => student(sizes[size], seed);
const onLabels =
  (loss?: Loss): Row =>
  run =>
    fit(start(run), labelled(run.choice), { ...recipe(run.seed, run.steps), loss });
const onBoth =
  (temperature: number, alpha: number, { scaled = true, rate = 0.5 } = {}): Row =>
  run => {
    const { images, labels } = labelled(run.choice);
    const targets = packed(labels, logitsOf(`labelled ${run.choice}`, teacher, images));
    return fit(start(run), { inputs: images, targets }, { ...recipe(run.seed, run.steps, rate), loss: both(temperature, alpha, scaled) });
  };

async function honest(run: Run): Promise<Model> {
  const own = await fit(student(sizes.s20, 100 + run.choice), labelled(run.choice), recipe(100 + run.choice, 1500));
  return fit(
    start(run),
    { inputs: train.images, targets: logitsOf(`honest ${run.choice}`, own, train.images) },
    {
      ...recipe(run.seed, run.steps),
      loss: softTargets({ temperature: 4 }),
    },
  );
}

/** Every row by its name. */
export const rowsOfRuns: Readonly<Record<string, Row>> = {
  scratch: onLabels(),
  distilled: onBoth(4, 0.9),
  further: run =>
    fit(
      start(run),
      { inputs: train.images, targets: logitsOf('all', teacher, train.images) },
      { ...recipe(run.seed, run.steps), loss: softTargets({ temperature: 4 }) },
    ),
  smoothing: onLabels(crossEntropy({ labelSmoothing: 0.1 })),
  'hard labels of the teacher': run => {
    const { images } = labelled(run.choice);
    return fit(
      start(run),
      { inputs: images, targets: topOf(logitsOf(`labelled ${run.choice}`, teacher, images)) },
      recipe(run.seed, run.steps),
    );
  },
  'further, hard': run =>
    fit(start(run), { inputs: train.images, targets: topOf(logitsOf('all', teacher, train.images)) }, recipe(run.seed, run.steps)),
  'all labels': run => fit(start(run), train, recipe(run.seed, run.steps)),
  'all labels, distilled': run =>
    fit(
      start(run),
      { inputs: train.images, targets: packed(train.labels, logitsOf('all', teacher, train.images)) },
      { ...recipe(run.seed, run.steps), loss: both(4, 0.9) },
    ),
  'honest teacher': honest,
  'T 1': onBoth(1, 0.9),
  'T 2': onBoth(2, 0.9),
  'T 8': onBoth(8, 0.9),
  'alpha 0.5': onBoth(4, 0.5),
  'no T²': onBoth(4, 0.9, { scaled: false }),
  'no T², rate 2': onBoth(4, 0.9, { scaled: false, rate: 2 }),
};
