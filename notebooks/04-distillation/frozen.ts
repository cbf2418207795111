import {
  array,
  type Examiner,
  forward,
  type Model,
  type NDArray,
  network,
  predict,
  type Question,
  question,
  type Random,
  tf,
} from 'tinylab';

// Question 4: a teacher that teaches and does not learn.

/** A small network whose running statistics are far from those of any batch. */
function smallTeacher(rng: Random): Model {
  const built = network('small-teacher', [4, 4, 1], { seed: rng.int(1, 1e6) })
    .conv2d(4, 3)
    .batchNorm()
    .relu()
    .globalAveragePool()
    .dense(3)
    .model();
  const norm = built.nodes.find(({ op }) => op === 'batch-norm')?.parameters ?? {};
  const moved = Object.entries(built.parameters).map(([name, parameter]) => {
    const { value } = parameter;
    const draw = (v: number): number => (name === norm.mean ? rng.uniform(-0.3, 0.3) : name === norm.variance ? rng.uniform(0.2, 2) : v);
    return [name, { ...parameter, value: array(value.shape, Float32Array.from(value.data, draw)) }] as const;
  });
  return { ...built, parameters: Object.fromEntries(moved) };
}

function asked(rng: Random, i: number): { teacher: Model; images: NDArray } {
  const count = [5, 1, 3, 8][i % 4] as number;
  return {
    teacher: smallTeacher(rng),
    images: array(
      [count, 4, 4, 1],
      Float32Array.from({ length: 16 * count }, () => rng.uniform(0, 1)),
    ),
  };
}

/** What it says when batch norm takes the statistics of this very batch. */
function ofTheBatch(teacher: Model, { shape, data }: NDArray): NDArray {
  const out = tf.tidy(() => {
    const logits = forward(teacher, tf.tensor(Float32Array.from(data), [...shape]), { training: true });
    return { shape: logits.shape, data: Float32Array.from(logits.dataSync()) };
  });
  return array(out.shape, out.data);
}

const softmaxOf = ({ shape, data }: NDArray): NDArray => {
  const classes = shape[1] as number;
  const values = Float32Array.from(data, (z, i) => {
    const row = data.subarray(i - (i % classes), i - (i % classes) + classes);
    return Math.exp(z) / Array.from(row).reduce((sum, v) => sum + Math.exp(v), 0);
  });
  return array(shape, values);
};

async function askLogits(q: Examiner): Promise<void> {
  for (const { teacher: model, images } of q.cases(4, asked)) {
    const right = predict(model, images);
    q.close(q.asArray(await q.call('teacherLogits', model, images), right.shape), right, {
      tolerance: { relative: 1e-4, absolute: 1e-5 },
      known: [
        [
          ofTheBatch(model, images),
          'Those are logits in training mode: batch norm took the mean and variance of this batch, so what the teacher says of an image depends on its neighbours. Take inference mode.',
        ],
        [softmaxOf(right), 'Those are probabilities. Hand on the logits: the loss softens them itself.'],
      ],
      hint: 'What the teacher gives for each image in inference mode, [n, classes]; images of uint8 become 0 … 1.',
    });
  }
}

export const frozenQuestion: Question = question(
  'frozen',
  {
    points: 6,
    title: 'A frozen teacher',
    uses: ['teacherLogits', 'trainedAlong'],
    withhold: ['frozenTeacher', 'cachedTeacher', 'distill'],
  },
  async q => {
    await q.part('logits', { points: 4 }, () => askLogits(q));
    await q.part('along', { points: 2 }, async () => {
      await q.sealed('trainedAlong', ['a', 'b', 'c', 'd']);
    });
  },
);
