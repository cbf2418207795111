import {
  classify,
  type Dataset,
  type Examiner,
  loadDataset,
  type Model,
  parameters,
  predict,
  pretrained,
  type Question,
  question,
  take,
} from 'tinylab';
import { bars, controls, parameterBudget } from './controls.ts';
import { softened } from './reference.ts';

// The students that are handed in: three seeds on 1,000 labels, three with further images. Everything is worked out from the networks themselves.

const studentOps: readonly string[] = ['input', 'conv2d', 'batch-norm', 'relu', 'max-pool', 'global-average-pool', 'dense'];

/** Which students. */
type Kind = keyof typeof bars;

/** Images, what they are called, and the controls' accuracy on them. */
interface Shown {
  readonly images: Dataset;
  readonly named: string;
  readonly controls: readonly number[];
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

async function handedIn(q: Examiner, kind: Kind): Promise<Model[]> {
  const all: Model[] = [];
  for (const seed of controls.keys()) all.push(q.asModel(await q.deliverable(`${kind}-${seed}`)));
  return all;
}

/** All values of a network, to tell it from another. */
const valuesOf = (model: Model): string => JSON.stringify(Object.values(model.parameters).map(({ value }) => Array.from(value.data)));

/** Whether they are three students within the budget. */
function sound(q: Examiner, students: readonly Model[]): boolean {
  const counts = students.map(model => parameters(model));
  const small = q.true(Math.max(...counts) <= parameterBudget, {
    asked: `at most ${parameterBudget} parameters in each student`,
    got: Math.max(...counts),
    hint: 'Too many parameters: a student is what studentNet returns, trained. The teacher stays behind.',
  });
  return (
    small &&
    q.true(new Set(students.map(valuesOf)).size === students.length, {
      asked: 'three students of three seeds',
      got: 'the same student more than once',
      hint: 'The seed is not used: give it to studentNet and to the training, so that there are three students and not one.',
    })
  );
}

/** Hints by how far the students came. */
function gainHint(kind: Kind, gain: number): string {
  if (gain < -0.2) return 'They are no better than chance: hand in what fit returns, which is a new network.';
  if (kind === 'further' && gain < bars.further.half)
    return 'More is in the further images: train on all images of train, on what the teacher says of each, with α = 1.';
  if (gain < 0.01)
    return 'They are as good as without a teacher: is the teacher’s side in the loss, with α = 0.9, and are its logits of these very images?';
  return 'They gain too little: look at α, at T² and at the temperature of both sides, and train for as many steps as the control.';
}

/** What three students gain over their controls. */
export async function judged(q: Examiner, kind: Kind, shown: Shown): Promise<void> {
  const students = await handedIn(q, kind);
  const { full, half } = bars[kind];
  let gain = Number.NaN;
  const asked = (bar: number): string => `a mean gain of at least ${(100 * bar).toFixed(1)} points over the controls ${shown.named}`;
  const reaches = (bar: number): boolean =>
    q.true(gain >= bar, {
      asked: asked(bar),
      got: q.hidden ? undefined : gain,
      hint: Number.isNaN(gain) ? 'First hand in three students within the budget.' : gainHint(kind, gain),
    });
  await q.part('half', { points: kind === 'distilled' ? 4 : 2 }, async () => {
    if (!sound(q, students)) return;
    const rates: number[] = [];
    for (const model of students) rates.push(await q.accuracy(model, shown.images));
    gain = mean(rates.map((rate, seed) => rate - (shown.controls[seed] as number)));
    reaches(half);
  });
  await q.part('full', { points: kind === 'distilled' ? 3 : 2 }, () => void reaches(full));
}

const onTest = async (): Promise<Shown> => ({ images: (await loadDataset('fashion-mnist')).test, named: 'on the test images', controls });

const distilledQuestion = question('distilled', { points: 7, title: 'Three students', uses: ['distilled'], ops: studentOps }, async q =>
  judged(q, 'distilled', await onTest()),
);

const furtherQuestion = question('further', { points: 4, title: 'Further images', uses: ['further'], ops: studentOps }, async q =>
  judged(q, 'further', await onTest()),
);

/** The images of both questions about a student of one's own. */
const given = async (): Promise<Dataset> => take((await loadDataset('fashion-mnist')).test, 500);

const agreementQuestion = question(
  'agreement',
  { points: 3, title: 'Whom does it follow?', uses: ['agreement'], needs: ['distilled'], ops: studentOps },
  async q => {
    const model = q.asModel(await q.deliverable('distilled-0'));
    const { images, labels } = await given();
    const answers = classify(model, images).data;
    const alike = (others: ArrayLike<number>): number => mean(Array.from(answers, (k, i) => Number(k === others[i])));
    const teacher = classify(pretrained('fashion-mnist-vgg'), images).data;
    const right = alike(teacher);
    await q.number('agreement', right, {
      tolerance: { relative: 0, absolute: 0.0025 },
      known: [
        [alike(labels.data), 'That is its accuracy. Compare its answers with the teacher’s, not with the labels.'],
        [1 - right, 'That is how often they differ.'],
        [mean(Array.from(teacher, (k, i) => Number(k === labels.data[i]))), 'That is the teacher’s accuracy.'],
        [100 * right, 'Give a share from 0 to 1.'],
      ],
      hint: 'Of the first 500 test images: for which share is the largest logit of distilled[0] that of the teacher’s largest?',
    });
  },
);

/** Mean largest probability at a temperature. */
function confidenceOf({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }, temperature: number): number {
  const width = shape[1] as number;
  const values = Array.from(data);
  return mean(
    Array.from({ length: shape[0] as number }, (_, i) => Math.max(...softened(values.slice(i * width, (i + 1) * width), temperature))),
  );
}

const confidenceQuestion = question(
  'confidence',
  { points: 2, title: 'How sure is it?', uses: ['confidence'], needs: ['softmax', 'further'], ops: studentOps },
  async q => {
    const model = q.asModel(await q.deliverable('further-0'));
    const { images, labels } = await given();
    const logits = predict(model, images);
    const answers = classify(model, images).data;
    await q.number('confidence', confidenceOf(logits, 1), {
      tolerance: { relative: 0, absolute: 0.002 },
      known: [
        [confidenceOf(logits, 4), 'The temperature of the training is left on. On the device T is 1.'],
        [
          mean(Array.from(answers, (k, i) => Number(k === labels.data[i]))),
          'That is its accuracy. Take the largest probability of each image.',
        ],
        [confidenceOf(predict(pretrained('fashion-mnist-vgg'), images), 1), 'That is how sure the teacher is.'],
      ],
      hint: 'Of the first 500 test images: the largest of the ten probabilities of further[0] at T = 1, and the mean of those.',
    });
  },
);

export const studentQuestions: readonly Question[] = [distilledQuestion, agreementQuestion, furtherQuestion, confidenceQuestion];
