import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers to questions 12 to 14 as other people write them.

const pattern = (name: string, body: string, ratio: string): OtherStyle => ({
  question: 'n-m',
  name,
  answer: `${body}\nconst packedRatio = ${ratio};`,
});
const score = (name: string, answer: string): OtherStyle => ({ question: 'snip', name, answer });
const zeros = (name: string, answer: string, which = "'a'"): OtherStyle => ({
  question: 'apoz',
  name,
  answer: `${answer}\nconst apozAnswer = ${which};`,
});

export const beyondStyles: readonly OtherStyle[] = [
  pattern(
    'ranks in each group',
    `const twoOfFour = ({ shape, data }: NDArray): NDArray =>
  array(shape, Array.from(data, (w, i) => {
    const group = Array.from(data.slice(i - (i % 4), i - (i % 4) + 4), Math.abs);
    return Number(group.filter(other => other > Math.abs(w)).length < 2);
  }), 'uint8');`,
    '64 / 36',
  ),
  pattern(
    'the two smallest go',
    `function twoOfFour(weight: NDArray): NDArray {
  const mask = new Uint8Array(weight.data.length).fill(1);
  for (let g = 0; g < mask.length; g += 4) {
    const sizes = [0, 1, 2, 3].map(i => ({ i, size: Math.abs(weight.data[g + i]!) }));
    sizes.sort((a, b) => a.size - b.size);
    mask[g + sizes[0]!.i] = 0;
    mask[g + sizes[1]!.i] = 0;
  }
  return array(weight.shape, mask, 'uint8');
}`,
    '16 / 9',
  ),
  pattern(
    'row by row, floats',
    `function twoOfFour(weight: NDArray): NDArray {
  const [rows = 0, columns = 0] = weight.shape;
  const mask = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c += 4) {
      const places = Array.from({ length: 4 }, (_, k) => r * columns + c + k);
      const [, second] = places.map(p => weight.data[p]! ** 2).sort((a, b) => b - a);
      for (const p of places) if (weight.data[p]! ** 2 >= second!) mask[p] = 1;
    }
  return array(weight.shape, mask);
}`,
    '1.7778',
  ),
  pattern(
    'tensors',
    `import { tf as flow } from 'tinylab';
function twoOfFour(weight: NDArray): NDArray {
  const groups = flow.abs(flow.tensor2d(Float32Array.from(weight.data), [weight.data.length / 4, 4]));
  const second = flow.slice(flow.topk(groups, 2).values, [0, 1], [-1, 1]);
  return array(weight.shape, Uint8Array.from(flow.greaterEqual(groups, second).dataSync()), 'uint8');
}`,
    '1.78',
  ),
  score(
    'loops',
    `function snipScores(weight: NDArray, gradient: NDArray): NDArray {
  const scores: number[] = [];
  let total = 0;
  for (let i = 0; i < weight.data.length; i++) {
    scores.push(Math.abs(weight.data[i]!) * Math.abs(gradient.data[i]!));
    total += scores[i]!;
  }
  return array(weight.shape, scores.map(s => s / total));
}`,
  ),
  score(
    'times the reciprocal, 32 bits, from the end',
    `function snipScores({ shape, data }: NDArray, gradient: NDArray): NDArray {
  const scores = Float32Array.from(data, (w, i) => Math.abs(w * gradient.data[i]!));
  const factor = 1 / scores.reduceRight((sum, s) => sum + s, 0);
  return array(shape, scores.map(s => s * factor));
}`,
  ),
  score(
    'tensors',
    `import { tf as flow } from 'tinylab';
function snipScores(weight: NDArray, gradient: NDArray): NDArray {
  const product = flow.abs(flow.mul(flow.tensor1d(Float32Array.from(weight.data)), flow.tensor1d(Float32Array.from(gradient.data))));
  return array(weight.shape, Float32Array.from(flow.div(product, flow.sum(product)).dataSync()));
}`,
  ),
  score(
    'a tensor comes back, async',
    `import { tf as flow } from 'tinylab';
async function snipScores(weight: NDArray, gradient: NDArray) {
  const sizes = Float64Array.from(weight.data, (w, i) => Math.sqrt((w * gradient.data[i]!) ** 2));
  const total = sizes.reduce((a, b) => a + b);
  return flow.tensor(Float32Array.from(sizes, s => s / total), [...weight.shape]);
}`,
  ),
  ...spelled(
    'collapse',
    "const collapseAnswer = 'B';",
    "let collapseAnswer = ' b';",
    'const collapseAnswer = `b`;',
    "const [, collapseAnswer] = 'abcd';",
  ),
  zeros(
    'channel by channel',
    `function zeroShares({ shape, data }: NDArray): number[] {
  const channels = shape.at(-1)!;
  return Array.from({ length: channels }, (_, c) => {
    const own = Array.from(data).filter((_, i) => i % channels === c);
    return own.filter(value => value === 0).length / own.length;
  });
}`,
  ),
  zeros(
    'four loops',
    `function zeroShares(activations: NDArray): number[] {
  const [batch = 0, height = 0, width = 0, channels = 0] = activations.shape;
  const shares: number[] = [];
  for (let c = 0; c < channels; c++) {
    let count = 0;
    for (let n = 0; n < batch; n++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) if (activations.data[((n * height + y) * width + x) * channels + c] === 0) count++;
    shares.push(count / (batch * height * width));
  }
  return shares;
}`,
    "'A'",
  ),
  zeros(
    '1 minus what is not zero',
    `const zeroShares = ({ shape, data }: NDArray): number[] => {
  const used = new Float64Array(shape[3]!);
  for (const [i, value] of data.entries()) used[i % used.length]! += Number(value !== 0);
  return Array.from(used, count => 1 - count / (data.length / used.length));
};`,
    "' a'",
  ),
  zeros(
    'tensors',
    `import { tf as flow } from 'tinylab';
function zeroShares({ shape, data }: NDArray): number[] {
  return flow.tidy(() => Array.from(flow.mean(flow.cast(flow.equal(flow.tensor(Float32Array.from(data), [...shape]), 0), 'float32'), [0, 1, 2]).dataSync()));
}`,
  ),
];
