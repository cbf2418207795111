import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about students as other people write them.

const handedIn = (kind: string, fn: string): string => `const ${kind}: Model[] = [];
for (let seed = 0; seed < 3; seed++) ${kind}[seed] = await deliver(\`${kind}-\${seed}\`, async () => ${fn}(seed));`;

export const studentStyles: readonly OtherStyle[] = [
  ...spelled(
    'distilled',
    `const targets = targetsOf(predict(teacher, labelled.images), labelled.labels);
const taught = (seed: number) =>
  fit(studentNet(seed), { inputs: labelled.images, targets }, { ...training(seed), loss: mixed({ temperature: 4, alpha: 0.9 }) });
${handedIn('distilled', 'taught')}`,
    `async function taught(seed: number): Promise<Model> {
  const targets = targetsOf(teacherLogits(teacher, labelled.images), labelled.labels);
  const options = training(seed);
  return await fit(studentNet(seed), { inputs: labelled.images, targets }, { ...options, loss: mixed({ temperature: 3, alpha: 0.8 }) });
}
const distilled = [
  await deliver('distilled-0', () => taught(0)),
  await deliver('distilled-1', () => taught(1)),
  await deliver('distilled-2', () => taught(2)),
];`,
  ),
  ...spelled(
    'agreement',
    `const few = take(test, 500);
const agreement = accuracy(distilled[0]!, { images: few.images, labels: classify(teacher, few.images) });`,
    `const [mine, theirs] = [distilled[0]!, teacher].map(net => logitRows(net, take(test, 500).images));
const best = (row: number[]) => row.indexOf(Math.max(...row));
let agreement = mine!.filter((row, i) => best(row) === best(theirs![i]!)).length / mine!.length;`,
    `let same = 0;
const { images: pictures } = subset(test, [...Array(500).keys()]);
const [one, two] = [classify(distilled[0]!, pictures).data, classify(teacher, pictures).data];
for (let i = 0; i < 500; i++) if (one[i] === two[i]) same++;
const agreement = same / 500;`,
    `const agreement = tf.tidy(() => {
  const top = (net: Model) => {
    const { data, shape } = predict(net, take(test, 500).images);
    return tf.tensor(Float32Array.from(data), [...shape]).argMax(1);
  };
  return tf.equal(top(distilled[0]!), top(teacher)).toFloat().mean().dataSync()[0]!;
});`,
  ),
  ...spelled(
    'further',
    `const taughtFurther = (seed: number) =>
  fit(
    studentNet(seed),
    { inputs: train.images, targets: targetsOf(saidOfAll(), train.labels) },
    { ...training(seed), loss: mixed({ temperature: 4, alpha: 1 }) },
  );
${handedIn('further', 'taughtFurther')}`,
    `async function taughtFurther(seed: number): Promise<Model> {
  const options = { ...training(seed), loss: mixed({ temperature: 6, alpha: 1 }) };
  return fit(studentNet(seed), { inputs: train.images, targets: targetsOf(saidOfAll()) }, options);
}
${handedIn('further', 'taughtFurther')}`,
  ),
  ...spelled(
    'confidence',
    `const tops = logitRows(further[0]!, take(test, 500).images).map(z => Math.max(...softmax(z, 1)));
let confidence = 0;
for (const p of tops) confidence += p / 500;`,
    `const confidence = tf.tidy(() => {
  const { data, shape } = predict(further[0]!, take(test, 500).images);
  return tf.softmax(tf.tensor(Float32Array.from(data), [...shape])).max(1).mean().dataSync()[0]!;
});`,
    `const confidence = (() => {
  const { data } = predict(further[0]!, take(test, 500).images);
  let sum = 0;
  for (let i = 0; i < 500; i++) {
    const z = [...data.subarray(10 * i, 10 * i + 10)];
    const top = Math.max(...z);
    sum += 1 / z.reduce((s, v) => s + Math.exp(v - top), 0);
  }
  return sum / 500;
})();`,
    `const first = take(test, 500);
const confidence = logitRows(further[0]!, first.images)
  .map(row => softmax(row, 1).sort((a, b) => b - a)[0]!)
  .reduce((a, b) => a + b) / first.labels.data.length;`,
  ),
];
