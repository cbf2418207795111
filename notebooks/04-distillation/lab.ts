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
  type NDArray,
  network,
  oneCycleSchedule,
  parameters,
  plot,
  predict,
  pretrained,
  reveal,
  staff,
  subset,
  table,
  take,
  tf,
} from 'tinylab';

// %%
const { train, validation, test } = await loadDataset('fashion-mnist');
const teacher = pretrained('fashion-mnist-vgg');
table([
  {
    teacher: teacher.name,
    parameters: parameters(teacher),
    test: accuracy(teacher, test),
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

// %% [markdown]
// What the teacher says of one boot. **Predict:** at T = 1 it is sure. Which share has
// *boot* at T = 8?

// %%
await predict('soft-boot', '?'); // a share from 0 to 1

// %%
/** Rows of numbers of what a network says of images. */
const logitRows = (model: Model, images: NDArray): number[][] => {
  const { data, shape } = predict(model, images);
  const width = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, i) =>
    Array.from(data.subarray(i * width, (i + 1) * width)),
  );
};
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
// ## What else can be matched
