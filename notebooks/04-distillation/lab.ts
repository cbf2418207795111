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
// # Lab 04 · Distillation
//
// A small network that looks at 1,000 labels learns what they say. Beside a large network,
// its **teacher**, it learns more: a label says *boot*; the teacher says *boot, a little
// sneaker, no shirt at all*. Nothing of the teacher is on the device afterwards.
//
// - Go from top to bottom: answer, run, check. Checks tell what usually causes a wrong
//   answer.
// - An *example* shows what a task wants, on numbers small enough to follow by hand.
// - *Predict* means: put your guess in place of `'?'` and run that cell before you go on.
//   The first guess is kept, shown beside what comes, and costs no points.
// - Stuck? `const softmax = await staff('softmax');` takes the lab's version of an earlier
//   answer, so you can go on.
//
// {{questions}}, {{total}}.

// %%
import {
  accuracy,
  array,
  check,
  checkAll,
  classify,
  confusion,
  type Dataset,
  deliver,
  distill,
  type FitOptions,
  facets,
  fit,
  forward,
  type Loss,
  loadDataset,
  type Model,
  modelCard,
  type NDArray,
  network,
  oneCycleSchedule,
  parameters,
  plot,
  predict,
  pretrained,
  reveal,
  run,
  softTargets,
  staff,
  subset,
  table,
  take,
  tf,
  withParameters,
} from 'tinylab';

// %%
const { train, validation, test } = await loadDataset('fashion-mnist');
const teacher = pretrained('fashion-mnist-vgg');
const { accuracy: known } = modelCard('fashion-mnist-vgg');
table([
  {
    teacher: teacher.name,
    parameters: parameters(teacher),
    test: known.test,
  },
]);

// %% [markdown]
// This teacher learnt all 10,000 training images **with their labels**. Keep that in mind:
// when its student later learns from images *without* labels, somebody paid for labels
// before.
//
// ## 1 · {{title}} ({{points}})
//
// A network ends in **logits** z, one for each class; softmax makes probabilities of them.
// Divided by a **temperature** T first, they come out softer:
//
// p_k = e^(z_k / T) / Σ_j e^(z_j / T)
//
// **Example.** Logits 4, 2 and 0:
//
// | T | p |
// | --- | --- |
// | 1 | .867 .117 .016 |
// | 2 | .665 .245 .090 |
// | 4 | .506 .307 .186 |
//
// The order stays; the small ones become visible. That e^900 is `Infinity` should not
// matter: with the largest logit taken away from all of them first, no probability
// changes, and nothing overflows.
//
// **Write** `softmax`.

// %% answer="soften"
function softmax(logits: number[], temperature: number): number[] {
  // ### BEGIN SOLUTION
  const top = Math.max(...logits);
  const exps = logits.map(logit => Math.exp((logit - top) / temperature));
  const sum = exps.reduce((s, e) => s + e, 0);
  return exps.map(e => e / sum);
  // ### END SOLUTION
}

// %% check="soften"

// %% given="rows"
/** Rows of numbers of what a network says of images. */
const logitRows = (model: Model, images: NDArray): number[][] => {
  const { data, shape } = predict(model, images);
  const width = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, i) =>
    Array.from(data.subarray(i * width, (i + 1) * width)),
  );
};

// %% [markdown]
// What the teacher says of one boot. **Predict:** at T = 1 it is sure. Which share has
// *boot* at T = 8?

// %%
await predict('soft-boot', '?'); // a share from 0 to 1

// %%
const boot = logitRows(teacher, take(test, 1).images)[0]!;
const temperatures = [1, 2, 4, 8];
const distributions = temperatures.map(T => softmax(boot, T));
reveal('soft-boot', distributions[3]![test.labels.data[0]!]!);

// %%
plot.bar(
  Object.fromEntries(
    temperatures.map((T, i) => [
      `T = ${T}`,
      distributions[i]!.map((p, k) => [test.classes[k]!, p] as const),
    ]),
  ),
  { title: 'The same boot, softened', y: { title: 'Probability', percent: true } },
);

// %% [markdown]
// ## 2 · {{title}} ({{points}})
//
// The student's loss has two sides
// ([Hinton, Vinyals and Dean 2015](https://arxiv.org/abs/1503.02531)):
//
// L = (1 − α) · CE + α · T² · KL
//
// - **CE**: mean over the images of −log p_s[label], at T = 1.
// - **KL**: mean over the images of Σ_k p_t[k] · (log p_t[k] − log p_s[k]), **both** at T.
//   It is 0 where the student says what the teacher says.
// - α: the teacher's share. T²: see question 3.
//
// **Example.** One image of two classes, label 0. Student: 0, 0. Teacher: 2, 0. T = 2, α =
// 0.5:
//
// | | |
// | --- | --- |
// | CE | −log 0.5 = 0.6931 |
// | p_t at T = 2 | .7311 .2689 |
// | KL | .7311 · log(.7311 / .5) + .2689 · log(.2689 / .5) = 0.1110 |
// | L | 0.5 · 0.6931 + 0.5 · 4 · 0.1110 = 0.5685 |
//
// **Write** `distillationLoss`.

// %% given="mix"
/** Logits of both networks, a row for each image, and the label of each. */
interface Batch {
  student: number[][];
  teacher: number[][];
  labels: number[];
}
interface Mix {
  temperature: number; // T
  alpha: number; // α, the teacher's share
}

// %% answer="loss"
function distillationLoss(batch: Batch, { temperature, alpha }: Mix): number {
  // ### BEGIN SOLUTION
  const { student, teacher, labels } = batch;
  let hard = 0;
  let soft = 0;
  for (const [i, label] of labels.entries()) {
    hard -= Math.log(softmax(student[i]!, 1)[label]!);
    const ps = softmax(student[i]!, temperature);
    const pt = softmax(teacher[i]!, temperature);
    for (const [k, p] of pt.entries()) soft += p * (Math.log(p) - Math.log(ps[k]!));
  }
  const n = labels.length;
  return ((1 - alpha) * hard) / n + (alpha * temperature ** 2 * soft) / n;
  // ### END SOLUTION
}

// %% check="loss"

// %% [markdown]
// ## 3 · {{title}} ({{points}})
//
// Training needs one thing of a loss: its gradient. For softened logits it is short. Of
// one image and one logit z_k of the student:
//
// | of | gradient |
// | --- | --- |
// | CE | p_s[k] − y[k], where y is 1 at the label and 0 elsewhere |
// | KL, both at T | (1 / T) · (p_s[k] − p_t[k]), both at T |
//
// Times the shares and T², mean over the images.
//
// **Example.** The image of question 2: CE gives 0.5 − 1 = −0.5 for the first logit, KL
// gives ½ · (.5 − .7311) = −.1155. In all 0.5 · (−0.5) + 0.5 · 4 · (−.1155) = −0.4811; the
// second logit gets the opposite.
//
// **Write** `distillationGradient`: a row for each image. Its cell comes behind a look at
// sizes.

// %% given="student"
/** The student: three small convolutions. */
function studentNet(seed: number): Model {
  return network('student', [28, 28, 1], { seed })
    .conv2d(8, 3, { strides: 2, bias: false })
    .batchNorm()
    .relu()
    .conv2d(12, 3, { bias: false })
    .batchNorm()
    .relu()
    .maxPool()
    .conv2d(22, 3, { bias: false })
    .batchNorm()
    .relu()
    .globalAveragePool()
    .dense(10)
    .model();
}

// %%
table(
  [teacher, studentNet(0)].map(net => ({
    network: net.name,
    parameters: parameters(net),
  })),
);

// %% [markdown]
// **Predict:** without T², how many times smaller is the gradient of KL at T = 8 than at T
// = 1, for a student that has learnt nothing?

// %%
await predict('shrinks', '?'); // a number, such as 2

// %% answer="gradient"
// const scaleAnswer = '?'; // a letter; the question is below
function distillationGradient(batch: Batch, { temperature, alpha }: Mix): number[][] {
  // ### BEGIN SOLUTION
  const { student, teacher, labels } = batch;
  return student.map((logits, i) => {
    const p1 = softmax(logits, 1);
    const ps = softmax(logits, temperature);
    const pt = softmax(teacher[i]!, temperature);
    return logits.map((_, k) => {
      const hard = p1[k]! - (k === labels[i] ? 1 : 0);
      const soft = temperature * (ps[k]! - pt[k]!);
      return ((1 - alpha) * hard + alpha * soft) / labels.length;
    });
  });
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const scaleAnswer = 'b';
// ### END SOLUTION

// %% check="gradient"

// %%
const someImages = take(train, 64);
const begun: Batch = {
  student: logitRows(studentNet(0), someImages.images),
  teacher: logitRows(teacher, someImages.images),
  labels: Array.from(someImages.labels.data),
};
/** Mean length of an image's gradient of T² · KL. */
const pull = (temperature: number): number => {
  const rows = distillationGradient(begun, { temperature, alpha: 1 });
  return rows.reduce((sum, row) => sum + Math.hypot(...row), 0);
};
const pulls = temperatures.map(T => ({
  T,
  'with T²': pull(T),
  without: pull(T) / T ** 2,
}));
reveal('shrinks', pulls[0]!.without / pulls[3]!.without);

// %%
table(pulls);

// %% [markdown]
// And the students? Test accuracy in per cent after 1,500 steps on 1,000 labels, α = 0.9;
// mean ± standard deviation of one run, five seeds:
//
// | T | 1 | 2 | 4 | 8 |
// | --- | --- | --- | --- | --- |
// | with T² | 83.4 ± 0.8 | 84.5 ± 0.5 | 84.7 ± 0.7 | 84.5 ± 0.4 |
//
// Between 2 and 8 nothing stands out: there is no one best T here. And T = 4 without T²:
//
// | rate | 0.5 | 2 |
// | --- | --- | --- |
// | without T² | 83.0 ± 0.6 | 84.6 ± 0.7 |
//
// **Answer** in `scaleAnswer` (noted by the check, judged when graded): what is T² for?
//
// - **a** Without it, the student cannot learn from a teacher.
// - **b** It keeps the teacher's side about as large at every T, so that α and the learning
//   rate need not be chosen anew.
// - **c** It softens the probabilities further.
// - **d** It makes the loss smaller for large T.
//
// ## 4 · {{title}} ({{points}})
//
// The teacher is asked and never taught. Two things go wrong:
//
// 1. **Training mode.** Batch norm then takes mean and variance of the *batch*. What the
//    teacher says of an image depends on the images beside it.
// 2. **Training along.** The optimizer also gets the teacher's parameters.
//
// **Example.** A channel with values 1 and 3, running mean 0, running variance 1. In
// inference mode they stay 1 and 3; in training mode they become −1 and 1.
//
// **Predict:** the teacher's accuracy on test images in training mode, in batches of 200:
// shuffled, and sorted by class?

// %%
await predict('training-mode', { shuffled: '?', sorted: '?' }); // shares from 0 to 1

// %%
const byClass = [...test.labels.data.keys()].sort(
  (a, b) => test.labels.data[a]! - test.labels.data[b]!,
);
/** Share of these test images that the teacher gets right in training mode. */
const inTraining = (order: readonly number[]): number => {
  let right = 0;
  for (let from = 0; from < order.length; from += 200) {
    const { images, labels } = subset(test, order.slice(from, from + 200));
    const best = tf.tidy(() => {
      const x = tf.tensor(
        Float32Array.from(images.data, v => v / 255),
        [...images.shape],
      );
      return Array.from(forward(teacher, x, { training: true }).argMax(1).dataSync());
    });
    right += best.filter((k, i) => k === labels.data[i]).length;
  }
  return right / order.length;
};
const modes = await deliver('modes', () => ({
  inference: accuracy(teacher, test),
  shuffled: inTraining([...byClass.keys()]),
  sorted: inTraining(byClass),
}));
reveal(
  'training-mode',
  plot.bar(
    {
      inference: modes.inference,
      'training, shuffled': modes.shuffled,
      'training, sorted': modes.sorted,
    },
    { title: 'The same teacher', y: { title: 'Test accuracy', percent: true } },
  ),
);

// %% [markdown]
// On shuffled batches the mistake does not show, which makes it a bad one.
//
// **Write** `teacherLogits`: what a network gives for images, [n, classes], in inference
// mode. The library's `predict(model, images)` is in it; so is `forward(model, x)`.
//
// **Answer** in `trainedAlong` (noted, judged when graded): student **and** teacher are
// trained on the divergence alone (α = 1), in one optimizer. What comes of it?
//
// - **a** The teacher becomes better.
// - **b** The teacher stays as it is: it is right already.
// - **c** The loss falls to 0, and both say the same of every image.
// - **d** The loss does not fall.

// %% answer="frozen"
// const trainedAlong = '?'; // a letter
function teacherLogits(model: Model, images: NDArray): NDArray {
  // ### BEGIN SOLUTION
  return predict(model, images, { batchSize: 200 });
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const trainedAlong = 'c';
// ### END SOLUTION

// %% check="frozen"

// %% [markdown]
// ## 5 · {{title}} ({{points}})
//
// "Distillation gives 5 points" means: beside a **control**, trained just so, without the
// teacher. Same steps, same images, same learning rate, same seed; only the loss is
// another. A second control has **label smoothing**, which softens labels without any
// teacher.
//
// One run is not enough. Pair the runs seed by seed, g_i = distilled_i − control_i, and
// give the mean of the gains with its **standard error**, √(Σ (g_i − mean)² / (n − 1) / n).
//
// **Example.** Controls 79, 80, 81 and distilled 84, 84, 87: gains 5, 4, 6; mean 5,
// standard deviation 1, standard error 1 / √3 = 0.577.
//
// **Write** `sameBudget`: the recipe of a run with this loss that may stand beside a
// control; and `pairedGain`.
//
// **Answer** (noted, judged when graded) in `transferAnswer`: may the student learn the
// teacher's outputs for the *validation* images?
//
// - **a** Yes: no label is used.
// - **b** Yes, if the choice among students is made on them afterwards.
// - **c** Yes: the teacher's outputs are no truth.
// - **d** No: then they can no longer tell which student is better on new images.
//
// And in `seedAnswer`: one seed, control 80.4, distilled 81.0. What does it show?
//
// - **a** Nothing yet: one run of each cannot tell a gain from the spread between seeds.
// - **b** A gain of 0.6.
// - **c** A gain, if there are enough test images.
// - **d** A gain, as both had the same seed.

// %% given="recipe"
interface Recipe {
  steps: number;
  images: number;
  rate: number;
  seed: number;
  loss: string; // 'labels', 'label smoothing' or 'distillation'
}
interface Gain {
  mean: number;
  error: number; // standard error of the mean
}

// %% answer="budget"
// const transferAnswer = '?'; // a letter
// const seedAnswer = '?'; // a letter
function sameBudget(control: Recipe, loss: string): Recipe {
  // ### BEGIN SOLUTION
  return { ...control, loss };
  // ### END SOLUTION
}
function pairedGain(control: number[], distilled: number[]): Gain {
  // ### BEGIN SOLUTION
  const gains = distilled.map((percent, seed) => percent - control[seed]!);
  const average = gains.reduce((s, g) => s + g, 0) / gains.length;
  const squares = gains.reduce((s, g) => s + (g - average) ** 2, 0);
  const deviation = Math.sqrt(squares / (gains.length - 1));
  return { mean: average, error: deviation / Math.sqrt(gains.length) };
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const transferAnswer = 'd';
const seedAnswer = 'a';
// ### END SOLUTION

// %% check="budget"

// %% [markdown]
// ## 6 · {{title}} ({{points}})
//
// Now train. The first 1,000 training images have labels; all students, with a teacher and
// without, take 1,500 steps with this recipe. First the control of seed 0 (about ten
// seconds of work).
//
// **Predict:** which share of the test images does it get right?

// %%
await predict('control', '?'); // a share from 0 to 1

// %% given="training"
const labelled: Dataset = take(train, 1000);

/** What all runs share. */
const training = (seed: number): FitOptions => ({
  steps: 1500,
  seed,
  batchSize: 64,
  optimizer: 'nesterov',
  learningRate: oneCycleSchedule(0.5),
  weightDecay: 1e-4,
  augment: { flip: true },
});

/** Targets of `mixed`: in each row a label (0 where there is none), then logits. */
function targetsOf(logits: NDArray, labels?: NDArray): NDArray {
  const [n = 0, classes = 0] = logits.shape;
  const rows = new Float32Array(n * (1 + classes));
  for (let i = 0; i < n; i++) {
    rows[i * (1 + classes)] = labels?.data[i] ?? 0;
    rows.set(
      logits.data.subarray(i * classes, (i + 1) * classes),
      i * (1 + classes) + 1,
    );
  }
  return array([n, 1 + classes], rows);
}

/** Your loss of question 2, in operations that have gradients. */
function mixed({ temperature, alpha }: Mix): Loss {
  return (outputs, targets) => {
    const labels = targets.slice([0, 0], [-1, 1]).reshape([-1]).toInt();
    const logits = targets.slice([0, 1], [-1, -1]);
    const y = tf.oneHot(labels, logits.shape[1]!);
    const ce = tf.neg(tf.mul(y, tf.logSoftmax(outputs)).sum());
    const logT = tf.logSoftmax(logits.div(temperature));
    const logS = tf.logSoftmax(outputs.div(temperature));
    const kl = tf.mul(tf.exp(logT), tf.sub(logT, logS)).sum();
    const sum = tf.add(tf.mul(ce, 1 - alpha), tf.mul(kl, alpha * temperature ** 2));
    return tf.div(sum, logits.shape[0]!).asScalar();
  };
}

// %%
const control = await deliver('control', () =>
  fit(studentNet(0), labelled, training(0)),
);
reveal('control', accuracy(control, test));

// %% [markdown]
// The lab's controls of seeds 0, 1 and 2 were trained just so: 79.4, 79.5 and 80.1 per
// cent on the test images. What others came to, in points over the control of their seed
// (mean ± standard deviation of one run, five seeds):
//
// | 1,000 images | accuracy | gain |
// | --- | --- | --- |
// | labels alone | 79.8 ± 0.3 | |
// | label smoothing 0.1 | 81.2 ± 0.6 | +1.4 ± 0.7 |
// | the teacher's best class as label | 81.3 ± 0.6 | +1.5 ± 0.5 |
// | distilled, T = 4, α = 0.9 | 84.7 ± 0.7 | +4.8 ± 0.6 |
//
// Two other choices of 1,000 images gave gains of +3.8 ± 0.5 and +2.4 ± 0.5: which images
// have labels matters more than the seed.
//
// **Example.** `{ inputs: images, targets }` are examples for `fit`; with labels alone they
// are `fit(studentNet(0), { inputs: labelled.images, targets: labelled.labels },
// training(0))`.
//
// **Write** `taught`: the student of a seed, trained on the 1,000 labelled images with
// `mixed`, T = 4, α = 0.9. Asked: a mean gain over the three controls of at least 3.6
// points (3.0 for a part of the points), on these and on hidden images, with at most 3,700
// parameters.

// %% answer="distilled"
async function taught(seed: number): Promise<Model> {
  // const targets = …; // targetsOf(…)
  // const data = { inputs: …, targets };
  // return fit(studentNet(seed), data, { ...training(seed), loss: … });
  // ### BEGIN SOLUTION
  const { images, labels } = labelled;
  const targets = targetsOf(predict(teacher, images), labels);
  const loss = mixed({ temperature: 4, alpha: 0.9 });
  return fit(
    studentNet(seed),
    { inputs: images, targets },
    { ...training(seed), loss },
  );
  // ### END SOLUTION
}
const distilled: Model[] = [
  await deliver('distilled-0', () => taught(0)),
  await deliver('distilled-1', () => taught(1)),
  await deliver('distilled-2', () => taught(2)),
];

// %% check="distilled"

// %% [markdown]
// Gains, seed by seed, and how much of the **gap** between control and teacher is closed:

// %%
const controls = [79.4, 79.45, 80.05]; // the lab's, seeds 0, 1 and 2
const percent = (model: Model) => 100 * accuracy(model, test);
const ceiling = 100 * modes.inference;
const closedBy = (students: Model[]) =>
  students.map((model, i) => {
    const gain = percent(model) - controls[i]!;
    return { seed: i, gain, 'gap closed': gain / (ceiling - controls[i]!) };
  });
table(closedBy(distilled));

// %%
const withError = pairedGain(controls, distilled.map(percent));
table([{ 'mean gain': withError.mean, 'standard error': withError.error, seeds: 3 }]);

// %% [markdown]
// Which mistakes went away? Rows are labels, columns answers; red cells happen more often
// with a teacher, blue ones less.

// %%
const [before, after] = [control, distilled[0]!].map(net => confusion(net, test));
plot.heatmap(
  array(
    [10, 10],
    Array.from(after!.data, (count, i) => count - before!.data[i]!),
  ),
  {
    title: 'Images, distilled minus control (seed 0)',
    rows: test.classes,
    columns: test.classes,
    values: true,
    diverging: true,
  },
);

// %% [markdown]
// And who pulls at the end? The two sides of the loss, with their shares, on 64 of the
// labelled images:

// %%
const ended: Batch = {
  ...begun,
  student: logitRows(distilled[0]!, someImages.images),
};
/** Share of the loss that is the teacher's. */
const teacherShare = (batch: Batch): number => {
  const of = (alpha: number) => distillationLoss(batch, { temperature: 4, alpha });
  return (0.9 * of(1)) / (0.9 * of(1) + 0.1 * of(0));
};
table([
  { when: 'before', 'share of the loss': teacherShare(begun) },
  { when: 'after', 'share of the loss': teacherShare(ended) },
]);

// %% [markdown]
// ### {{title}} ({{points}})
//
// **Answer** in `agreement`: for which share of the **first 500 test images** does *your*
// `distilled[0]` give the same class as the teacher, right or wrong? A share from 0 to 1;
// `classify(model, images)` gives classes.
//
// **Example.** Student 3, 1, 1, 7; teacher 3, 1, 4, 7; labels 3, 2, 4, 7: agreement 0.75.

// %% answer="agreement"
// const agreement = …;
// ### BEGIN SOLUTION
const first500 = take(test, 500).images;
const said500 = classify(teacher, first500).data;
const answers500 = Array.from(classify(distilled[0]!, first500).data);
const agreement = answers500.filter((k, i) => k === said500[i]).length / 500;
// ### END SOLUTION

// %% check="agreement"

// %% [markdown]
// ## 7 · {{title}} ({{points}})
//
// A teacher can be asked about images that nobody labelled. Here are 9,000 more: the rest
// of `train`, **without** their labels. (Plainly: this teacher learnt these very images
// *with* labels, so somebody did label them.)
//
// On 10,000 images, 1,500 steps as before:
//
// | what is learnt | accuracy | gain over the control |
// | --- | --- | --- |
// | what the teacher says, T = 4, α = 1 | 86.6 ± 0.6 | +6.8 ± 0.3 |
// | the teacher's best class | 87.1 ± 0.8 | +7.3 ± 0.7 |
// | the true labels of all 10,000 | 87.0 ± 0.3 | +7.2 ± 0.2 |
// | a teacher that saw 1,000 labels only | 82.1 ± 0.5 | +2.3 ± 0.3 |
//
// Read it twice. Soft is no better than hard where the teacher labels everything, and true
// labels do as well: what helps is images. The **honest** teacher, a network of 20,118
// parameters that knew no more labels than the student, is worth about two points.
//
// **Write** `taughtFurther`: the student of a seed, trained on all images of `train` on
// what the teacher says alone (α = 1). No label is looked at: leave the second argument of
// `targetsOf` away. Asked: a mean gain of at least 5.9 points (5.3 for a part).

// %% given="asked-once"
let saidOfTrain: NDArray | undefined;
/** What the teacher says of all training images: asked once, for all seeds. */
const saidOfAll = (): NDArray => (saidOfTrain ??= predict(teacher, train.images));

// %% answer="further"
async function taughtFurther(seed: number): Promise<Model> {
  // ### BEGIN SOLUTION
  const examples = { inputs: train.images, targets: targetsOf(saidOfAll()) };
  const loss = mixed({ temperature: 4, alpha: 1 });
  return fit(studentNet(seed), examples, { ...training(seed), loss });
  // ### END SOLUTION
}
const further: Model[] = [
  await deliver('further-0', () => taughtFurther(0)),
  await deliver('further-1', () => taughtFurther(1)),
  await deliver('further-2', () => taughtFurther(2)),
];

// %% check="further"

// %%
const closed = { 'with 1,000': closedBy(distilled), 'with 10,000': closedBy(further) };
plot.line(
  Object.fromEntries(
    Object.entries(closed).map(([name, rows]) => [
      name,
      rows.map(r => r['gap closed']),
    ]),
  ),
  {
    at: [0, 1, 2],
    markers: true,
    title: 'How much of the gap to the teacher is closed',
    x: 'Seed',
    y: { title: 'Share of the gap', percent: true, range: [0, 1] },
  },
);

// %% [markdown]
// ### {{title}} ({{points}})
//
// On the device there is no temperature: what is asked for is a class, and how sure the
// network is.
//
// **Answer** in `confidence`: the mean, over the first 500 test images, of the **largest
// probability** that *your* `further[0]` gives at T = 1.
//
// **Example.** Probabilities .7 .2 .1 and .5 .4 .1: (0.7 + 0.5) / 2 = 0.6.

// %% answer="confidence"
// const confidence = …;
// ### BEGIN SOLUTION
const sure = logitRows(further[0]!, take(test, 500).images).map(row =>
  Math.max(...softmax(row, 1)),
);
const confidence = sure.reduce((sum, p) => sum + p, 0) / sure.length;
// ### END SOLUTION

// %% check="confidence"

// %% [markdown]
// ## What else can be matched

// %% [markdown]
// ## 8 · {{title}} ({{points}})
//
// So far the student hears what the teacher says at its end. A **hint**
// ([Romero et al. 2015](https://arxiv.org/abs/1412.6550)) also shows what lies inside: two
// maps of the same height and width, one of each network. Their channels differ in number
// and in what they stand for. So a **regressor** stands between: at each place it makes
// teacher's channels of the student's, linearly: `s · kernel + bias`. It is trained along,
// and thrown away at the end.
//
// hint = mean over images, places and channels of (s · kernel + bias − t)²
//
// **Example.** One image of one place. The student has a = 1 channel, 2. The teacher has
// b = 2 channels: 3 and 1. Kernel: 1, −1. Bias: 0, 2. Then `s · kernel + bias` = 2, 0. The
// differences are −1 and −1, and the hint is (1 + 1) / 2 = 1.
//
// **Write** `hintLoss`; it returns a number or a tensor of one. And **answer** in
// `whyRegressor`: why not compare the student's 12 channels with the teacher's first 12?
//
// - **a** The student would keep parameters that it does not need.
// - **b** Channels have no order. Nothing makes the student's first one stand for what the
//   teacher's first one does, and the loss would force it to.
// - **c** The teacher would learn from the student.
// - **d** The temperature would have no place.

// %% given="regressor"
/** From the student's channels a to the teacher's b. */
interface Regressor {
  kernel: tf.Tensor2D; // [a, b]
  bias: tf.Tensor1D; // [b]
}

// %% answer="hint"
// const whyRegressor = '?'; // a letter
/** Maps [n, h, w, a] of the student and [n, h, w, b] of the teacher. */
function hintLoss(student: tf.Tensor4D, teacher: tf.Tensor4D, between: Regressor) {
  // ### BEGIN SOLUTION
  const [channels, theirs] = between.kernel.shape;
  const places = tf.reshape(student, [-1, channels]) as tf.Tensor2D;
  const shown = tf.add(tf.matMul(places, between.kernel), between.bias);
  return tf.mean(tf.squaredDifference(shown, tf.reshape(teacher, [-1, theirs])));
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const whyRegressor = 'b';
// ### END SOLUTION

// %% check="hint"

// %% [markdown]
// ## 9 · {{title}} ({{points}})
//
// **Attention transfer** ([Zagoruyko and Komodakis 2017](https://arxiv.org/abs/1612.03928))
// needs no regressor: it asks *where* a layer is active, not in which channel. Of a map A
// [h, w, c]:
//
// 1. energy of a place: the sum of A² over its channels,
// 2. divided by the length of the whole map, the root of the sum of squared energies.
//
// The loss is the mean over places of the squared difference of both maps.
//
// **Example.** One row of two places with two channels each: (1, −1) and (2, 1). Energies:
// 2 and 5. Length: √29 = 5.385. Attention: .371 and .928.
//
// **Write** `attentionMap`, which returns a tensor [h, w], and `attentionLoss`.

// %% answer="attention"
function attentionMap(map: tf.Tensor3D): tf.Tensor2D {
  // ### BEGIN SOLUTION
  const energy = tf.sum(tf.square(map), 2);
  return tf.div(energy, tf.norm(energy)) as tf.Tensor2D;
  // ### END SOLUTION
}
/** Of maps [h, w, a] and [h, w, b]. */
function attentionLoss(student: tf.Tensor3D, teacher: tf.Tensor3D) {
  // ### BEGIN SOLUTION
  return tf.mean(tf.squaredDifference(attentionMap(student), attentionMap(teacher)));
  // ### END SOLUTION
}

// %% check="attention"

// %% [markdown]
// Look at it. This trains two small networks for 500 steps each, a few seconds: `aloneNet` on
// 1,000 labels, `taughtNet` on what the teacher says of all training images.

// %%
const quick: FitOptions = {
  steps: 500,
  seed: 0,
  learningRate: oneCycleSchedule(0.5),
  weightDecay: 1e-4,
  augment: { flip: true },
};
const softened = (T: number): FitOptions => ({
  ...quick,
  loss: softTargets({ temperature: T }),
});
const said = saidOfAll();
const aloneNet = await fit(studentNet(0), take(train, 1000), quick);
const taughtNet = await fit(
  studentNet(0),
  { inputs: train.images, targets: said },
  softened(4),
);
table([
  { net: 'alone', test: accuracy(aloneNet, test) },
  { net: 'taught', test: accuracy(taughtNet, test) },
]);

// %%
/** What a node of a network gives for some test images, from `first` on. */
function valueAt(
  model: Model,
  node: string,
  [first, count]: [number, number],
): NDArray {
  const rows = Array.from({ length: count }, (_, i) => first + i);
  const { data, shape } = subset(test, rows).images;
  const input = tf.tensor(
    Float32Array.from(data, v => v / 255),
    [...shape],
  );
  const value = tf.tidy(() => run(model, { input }, [node])[node]!);
  const kept = array(value.shape, value.dataSync() as Float32Array);
  tf.dispose([input, value]);
  return kept;
}
/** The energy of each place of one image's map, as a share of the strongest. */
function looksAt(model: Model, node: string, image: number): number[][] {
  const { data, shape } = valueAt(model, node, [image, 1]);
  const [, height = 1, width = 1, channels = 1] = shape;
  const energies = Array.from({ length: height * width }, (_, place) =>
    Array.from(data.subarray(place * channels, (place + 1) * channels)).reduce(
      (s, v) => s + v * v,
      0,
    ),
  );
  const most = Math.max(...energies);
  return Array.from({ length: height }, (_, h) =>
    energies.slice(h * width, (h + 1) * width).map(e => e / most),
  );
}
/** Row 0 at the bottom of a heatmap: turned round, the image stands upright. */
const upright = (rows: number[][]): number[][] => rows.toReversed();
const pixelsOf = (image: number): number[][] =>
  Array.from({ length: 28 }, (_, h) => {
    const first = 784 * image + 28 * h;
    return Array.from(test.images.data.subarray(first, first + 28));
  });
const drawn = (title: string, rows: number[][]) =>
  plot.heatmap(upright(rows), { title });
facets(
  [0, 1, 2].flatMap(image => [
    drawn(test.classes[test.labels.data[image]!]!, pixelsOf(image)),
    drawn('teacher', looksAt(teacher, 'max-pool-2', image)),
    drawn('alone', looksAt(aloneNet, 'max-pool-1', image)),
    drawn('taught', looksAt(taughtNet, 'max-pool-1', image)),
  ]),
  { columns: 4, height: 200 },
);

// %% [markdown]
// ## 10 · {{title}} ({{points}})
//
// **Relational distillation** ([Park et al. 2019](https://arxiv.org/abs/1904.05068)) does
// not compare an image's features with the teacher's. It compares how far images lie
// *from each other*, in both networks. Turn the student's space round, or stretch it: no
// harm.
//
// 1. Distances of all pairs i < j, in the order (0, 1), (0, 2) … (1, 2) …
// 2. divided by their mean,
// 3. and the loss is the mean over pairs of the Huber loss of the difference d:
//    ½ d² if |d| ≤ 1, and |d| − ½ if not.
//
// **Example.** Points (0, 0), (3, 4) and (0, 4): distances 5, 4 and 3, mean 4, relations
// 1.25, 1 and .75. With a teacher of relations .75, .75 and 1.5 the differences are .5, .25
// and −.75, and the loss is (.125 + .03125 + .28125) / 3 = .1458.
//
// **Write** `relations` and `relationLoss`. A point is a list of numbers.

// %% answer="relations"
function relations(points: number[][]): number[] {
  // ### BEGIN SOLUTION
  const far: number[] = [];
  for (let i = 0; i < points.length; i++)
    for (let j = i + 1; j < points.length; j++)
      far.push(Math.hypot(...points[i]!.map((v, k) => v - points[j]![k]!)));
  const average = far.reduce((s, d) => s + d, 0) / far.length;
  return far.map(d => d / average);
  // ### END SOLUTION
}
function relationLoss(student: number[][], teacher: number[][]): number {
  // ### BEGIN SOLUTION
  const theirs = relations(teacher);
  const losses = relations(student).map((d, i) => {
    const off = Math.abs(d - theirs[i]!);
    return off <= 1 ? 0.5 * off * off : off - 0.5;
  });
  return losses.reduce((s, l) => s + l, 0) / losses.length;
  // ### END SOLUTION
}

// %% check="relations"

// %% [markdown]
// How the images lie: the 22 features before the last layer, turned so that two axes show
// as much of their spread as two can (principal components), untrained, alone, and taught.

// %%
/** Points on their two widest axes, found by power iteration. */
function flat(points: number[][]): { x: number; y: number }[] {
  const width = points[0]!.length;
  const middle = Array.from(
    { length: width },
    (_, k) => points.reduce((s, p) => s + p[k]!, 0) / points.length,
  );
  let rest = points.map(p => p.map((v, k) => v - middle[k]!));
  const axes = [0, 1].map(which => {
    let axis = Array.from({ length: width }, (_, k) => 1 + ((k + which) % 3));
    for (let round = 0; round < 60; round++) {
      const along = rest.map(p => p.reduce((s, v, k) => s + v * axis[k]!, 0));
      const next = axis.map((_, k) =>
        rest.reduce((s, p, i) => s + p[k]! * along[i]!, 0),
      );
      const length = Math.hypot(...next);
      axis = next.map(v => v / length);
    }
    const along = rest.map(p => p.reduce((s, v, k) => s + v * axis[k]!, 0));
    rest = rest.map((p, i) => p.map((v, k) => v - along[i]! * axis[k]!));
    return along;
  });
  return points.map((_, i) => ({ x: axes[0]![i]!, y: axes[1]![i]! }));
}
/** Features of the first 300 test images, five classes of them. */
function embedding(model: Model, title: string) {
  const { data, shape } = valueAt(model, 'global-average-pool-1', [0, 300]);
  const width = shape[1]!;
  const places = flat(
    Array.from({ length: 300 }, (_, i) =>
      Array.from(data.subarray(i * width, (i + 1) * width)),
    ),
  );
  const shown = [0, 1, 5, 7, 9];
  return plot.scatter(
    Object.fromEntries(
      shown.map(c => [
        test.classes[c]!,
        places.filter((_, i) => test.labels.data[i] === c),
      ]),
    ),
    { title },
  );
}
facets(
  [
    embedding(studentNet(0), 'untrained'),
    embedding(aloneNet, 'alone'),
    embedding(taughtNet, 'taught'),
  ],
  { columns: 3 },
);

// %% [markdown]
// Does any of it win? Here it does **not**. 500 steps on 1,000 labels, accuracy on test
// images in points; five seeds, the difference seed by seed with the error of its mean:
//
// | | test | against labels alone |
// | --- | --- | --- |
// | labels alone | 79.8 | |
// | and a hint at 7 × 7 | 80.5 | +0.7 ± 0.4 |
// | and attention, weight 1000 | 80.4 | +0.7 ± 0.2 |
// | and relations, weight 25 | 81.3 | +1.6 ± 0.2 |
// | and a peer | 79.7 | 0.0 ± 0.5 |
// | softened outputs, α = .9 | 83.1 | +3.4 ± 0.3 |
//
// Each has one weight, not searched for. What the teacher *says* carries most of what it
// knows; its insides are made for its own size.
//
// ## 11 · {{title}} ({{points}})
//
// A student is trained on what the teacher says of all images **but boots**. It never sees
// a boot; the teacher did. A sneaker that looks a little like a boot has a little *boot* in
// the teacher's softened answer, and the student learns it. But on average boots are
// unlikely in all that it sees, so its bias for boots is far too low. Add a **shift** to
// that one logit and they come back.
//
// **Example.** Logits of three images of classes 2, 2 and 0, class 2 left out:
//
// | logits | label | shift 0 | shift 2 | shift 4 |
// | --- | --- | --- | --- | --- |
// | 3, 0, 2 | 2 | 0 | 2 | 2 |
// | 1, 2, 0.5 | 2 | 1 | 2 | 2 |
// | 3, 1, 0 | 0 | 0 | 0 | 2 |
// | right | | 1 of 3 | 3 of 3 | 2 of 3 |
//
// **Write** `bestShift`: of a list of shifts the one with the most right answers; of equal
// ones the first.

// %% given="said"
/** What a student says of images, and what they are. */
interface Said {
  logits: number[][];
  labels: number[];
}
interface Shifting {
  omitted: number; // the class whose logit is shifted
  shifts: number[];
}

// %% [markdown]
// **Predict:** of the boots among the test images, which share will the student find with
// the best shift?

// %%
await predict('boots-back', '?'); // a share from 0 to 1

// %% [markdown]
// And **answer** with letters. `shiftOn`: which images is the shift chosen on?
//
// - **a** the training images without boots
// - **b** validation images
// - **c** test images
//
// `bootsReturn`: where does the student have its knowledge of boots from?
//
// - **a** From its labels.
// - **b** From its first, random weights.
// - **c** From the share of *boot* in the teacher's answers to other shoes.
// - **d** From the shift.
//
// `trousersStay`: leave trousers out instead, and in most runs hardly any come back. Why?
//
// - **a** The teacher hardly ever sees anything of trousers in another image.
// - **b** The shifts are too small.
// - **c** The teacher does not know trousers.
// - **d** There are too few trousers among the images.

// %% answer="omitted-class"
// const shiftOn = '?'; // a letter
// const bootsReturn = '?'; // a letter
// const trousersStay = '?'; // a letter
function bestShift({ logits, labels }: Said, { omitted, shifts }: Shifting): number {
  // ### BEGIN SOLUTION
  let best = { shift: 0, right: -1 };
  for (const shift of shifts) {
    const right = logits.filter((row, i) => {
      const moved = row.map((logit, c) => (c === omitted ? logit + shift : logit));
      return moved.indexOf(Math.max(...moved)) === labels[i];
    }).length;
    if (right > best.right) best = { shift, right };
  }
  return best.shift;
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const shiftOn = 'b';
const bootsReturn = 'c';
const trousersStay = 'a';
// ### END SOLUTION

// %% check="omitted-class"

// %%
/** Row i of an array of ten columns. */
const tenAt = ({ data }: NDArray, i: number): number[] => [
  ...data.subarray(10 * i, 10 * i + 10),
];
/** Trains 500 steps on what the teacher says of all images but those of one class. */
async function without(left: number): Promise<Model> {
  const kept = Array.from({ length: 10000 }, (_, i) => i).filter(
    i => train.labels.data[i] !== left,
  );
  const rest = subset(train, kept);
  const targets = array(
    [kept.length, 10],
    kept.flatMap(i => tenAt(said, i)),
  );
  return fit(studentNet(0), { inputs: rest.images, targets }, softened(4));
}
const listed = (model: Model, data: Dataset): Said => {
  const all = predict(model, data.images);
  return {
    logits: Array.from(data.labels.data, (_, i) => tenAt(all, i)),
    labels: [...data.labels.data],
  };
};
/** The model with something added to the bias of a class. */
const shifted = (model: Model, omitted: number, shift: number): Model => {
  const bias = model.parameters['dense-1.bias']!.value;
  const moved = Array.from(bias.data, (v, c) => (c === omitted ? v + shift : v));
  return withParameters(model, { 'dense-1.bias': { value: array([10], moved) } });
};
const shifts = Array.from({ length: 41 }, (_, i) => i / 4);
const bootless = await without(9);
const shift = bestShift(listed(bootless, validation), { omitted: 9, shifts });
const found = shifted(bootless, 9, shift);
const recall = (model: Model, c: number): number => {
  const row = tenAt(confusion(model, test), c);
  return row[c]! / row.reduce((s, v) => s + v, 0);
};
reveal('boots-back', recall(found, 9));

// %%
facets(
  [
    ['never saw a boot', bootless],
    [`shifted by ${shift}`, found],
  ].map(([title, model]) => {
    const all = confusion(model as Model, test);
    const rows = Array.from({ length: 10 }, (_, i) => tenAt(all, i));
    return plot.heatmap(upright(rows), {
      title: title as string,
      rows: test.classes.toReversed(),
      columns: test.classes,
    });
  }),
  { columns: 2, height: 380 },
);

// %% [markdown]
// Why boots and not trousers? The share of each in the teacher's softened answers (T = 4)
// to images of *other* classes:

// %%
table(
  [9, 1].map(c => {
    const shares = Array.from(train.labels.data, (label, i) => {
      const row = tenAt(said, i).map(v => v / 4);
      const top = Math.max(...row);
      const odds = row.map(v => Math.exp(v - top));
      return label === c ? 0 : odds[c]! / odds.reduce((s, v) => s + v, 0);
    });
    return {
      class: test.classes[c]!,
      'images with more than .1': shares.filter(s => s > 0.1).length,
      'with more than .2': shares.filter(s => s > 0.2).length,
    };
  }),
);

// %% [markdown]
// Over five seeds, with the shift that is best on validation images:
//
// | left out | recall | accuracy |
// | --- | --- | --- |
// | boots, soft targets | 0.02 → 0.91 | 76.4 → 84.4 |
// | boots, hard labels | 0.00 → 0.00 | 75.8 → 75.8 |
// | trousers, soft targets | 0.00 → 0.15 | 74.8 → 75.4 |
//
// Boots came back in each of the five runs. Of trousers three runs found none, one .07 and
// one .71. With the teacher's hard labels nothing is left to shift. And do not say that the
// boot was learnt from nothing: the teacher has seen boots, with their labels.
//
// ## 12 · {{title}} ({{points}})
//
// Several students know more together. Their **ensemble** is the mean of what they hold
// probable: softmax of each, then the mean, class by class.
//
// **Example.** Two students, two classes, logits (2, 0) and (0, 0): probabilities (.881,
// .119) and (.5, .5), together (.690, .310). (The mean of logits, (1, 0), would say .731.)
//
// And without a teacher? In **mutual learning**
// ([Zhang et al. 2018](https://arxiv.org/abs/1706.00384)) two students start from scratch
// and each learns from its labels and from its peer: L = CE(label, p) + KL(q ‖ p), with p =
// softmax(own), q = softmax(peer), and **q a constant**. (The peer has a loss of its own,
// with p a constant.)
//
// **Example.** Own logits (0, 0), peer's (1, 0), label 0: p = (.5, .5), q = (.731, .269).
// The gradient for the own logits is (−.5, .5) from the label and (−.231, .231) from the
// peer, together (−.731, .731).
//
// **Write** `ensemble`, for one image: `logits[s]` are those of student s. And
// `peerGradient`, for one image: dL / d(own), a list.

// %% answer="peers"
function ensemble(logits: number[][]): number[] {
  // ### BEGIN SOLUTION
  const votes = logits.map(row => {
    const odds = row.map(z => Math.exp(z - Math.max(...row)));
    return odds.map(o => o / odds.reduce((s, v) => s + v, 0));
  });
  return votes[0]!.map((_, c) => votes.reduce((s, v) => s + v[c]!, 0) / votes.length);
  // ### END SOLUTION
}
function peerGradient(own: number[], peer: number[], label: number): number[] {
  // ### BEGIN SOLUTION
  const p = ensemble([own]);
  const q = ensemble([peer]);
  return p.map((v, c) => v - (c === label ? 1 : 0) + (v - q[c]!));
  // ### END SOLUTION
}

// %% check="peers"

// %% [markdown]
// The table of question 10 has the row: with a peer as small as itself a student of this
// size is no better than without.
//
// ## 13 · {{title}} ({{points}})
//
// Large networks learn too much by heart. Tiny ones cannot: they have too few parameters to
// learn even what is there. **NetAug** ([Cai et al. 2022](https://arxiv.org/abs/2110.08890))
// therefore trains the tiny base *inside of a wider net* that shares its weights:
//
// L = L(base) + L(base and augmented channels)
//
// The base's channels are the **first** ones of each layer of the wide net. At the end the
// base alone is exported.
//
// **Example.** A 1×1 kernel [1, 1, 2, 3] of the wide net has rows (1, 2, 3) and (4, 5, 6):
// one row for each input. The base has 1 input and 2 outputs: (1, 2).
//
// **Write** `exportBase`. A kernel is [height, width, inputs, outputs].
//
// And **answer** with letters. `augmentedCost`: what does the exported net cost where it
// runs?
//
// - **a** as much as the base
// - **b** as much as the wide net
// - **c** something between
//
// `fairRival`: which net do you compare it with, to see whether NetAug is worth it?
//
// - **a** the base, trained alone for as many steps
// - **b** the wide net
// - **c** the base, trained alone for as much *work*: more steps

// %% given="base"
interface Base {
  inputs: number;
  outputs: number;
}

// %% answer="augmented"
// const augmentedCost = '?'; // a letter
// const fairRival = '?'; // a letter
function exportBase(kernel: NDArray, { inputs, outputs }: Base): NDArray {
  // ### BEGIN SOLUTION
  const [height, width, , wide] = kernel.shape as [number, number, number, number];
  const block = kernel.data.length / (height * width);
  const values: number[] = [];
  for (let place = 0; place < height * width; place++)
    for (let a = 0; a < inputs; a++)
      for (let b = 0; b < outputs; b++)
        values.push(kernel.data[place * block + a * wide + b]!);
  return array([height, width, inputs, outputs], values);
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const augmentedCost = 'a';
const fairRival = 'c';
// ### END SOLUTION

// %% check="augmented"

// %% [markdown]
// Measured on a net of 1,618 parameters inside of nets two and three times as wide, with
// all 10,000 labels; five seeds. A step of NetAug takes about three times as long here:
//
// | | test | against the base, 500 steps |
// | --- | --- | --- |
// | the base, 500 steps | 81.8 | |
// | NetAug, 500 steps | 82.3 | +0.5 ± 0.3 |
// | the base, 1,500 steps | 84.9 | +3.1 ± 0.5 |
//
// For the same time, plain training gives several times that gain. So NetAug is shown here
// and its gain not graded.
//
// ## Bonus · {{title}} ({{points}})
//
// A student at 86 % is good or bad, depending on where its control and its teacher stand.
// The lab's **leaderboard** counts the share of the gap that a student of at most 3,700
// parameters closes, seed by seed:
//
// gap closed = (student − control) / (teacher − control)
//
// and states it with the error of its mean: the spread of the n shares (with n − 1),
// divided by √n.
//
// **Example.** Teacher 90. Runs: control 80, student 85, and control 78, student 87. Shares
// 5 / 10 = .5 and 9 / 12 = .75: mean .625, spread .177, error .177 / √2 = .125.
//
// **Write** `gapClosed`. And read the table: students whose weights are rounded to few bits
// while they learn, 500 steps on 1,000 labels, five seeds:
//
// | bits | labels alone | distilled | difference |
// | --- | --- | --- | --- |
// | 4 | 79.7 | 81.8 | +2.1 ± 0.1 |
// | 2 | 74.0 | 68.3 | −5.8 ± 2.0 |
//
// **Answer** with letters, `fourBits` and `twoBits`: distillation
//
// - **a** helps there
// - **b** makes no difference that can be told from noise
// - **c** harms there

// %% given="gap-runs"
/** Accuracies of one seed, in points. */
interface SeedRun {
  student: number;
  control: number;
}

// %% answer="gap-closed"
// const fourBits = '?'; // a letter
// const twoBits = '?'; // a letter
function gapClosed(runs: SeedRun[], teacher: number) {
  // ### BEGIN SOLUTION
  const shares = runs.map(
    ({ student, control }) => (student - control) / (teacher - control),
  );
  const n = shares.length;
  const mean = shares.reduce((s, v) => s + v, 0) / n;
  const squared = shares.reduce((s, v) => s + (v - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squared / (n - 1) / n) };
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const fourBits = 'a';
const twoBits = 'c';
// ### END SOLUTION

// %% check="gap-closed"

// %% [markdown]
// ## All of it
//
// `checkAll()` asks every question once more and adds up. Hand in this notebook with the
// folder `deliverables` beside it.

// %%
await checkAll();
