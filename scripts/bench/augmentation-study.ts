import type { Model } from '../../lib/model/model.ts';
import type { Benchmark, Sample } from './result.ts';

// The figures of "Tiny networks underfit" in lib/compress/distill/STORY.md: npm run bench -- augmentation-study. Images that are moved about in training help a network that
// learns its few images by heart, and take from one that cannot even learn them as they are.

const seeds = [0, 1, 2];
const widths = [2, 4, 8, 32];
const shift = 4;

const run: Benchmark = async ({ log }) => {
  const { accuracy, fit, oneCycleSchedule, strokeGlyphs } = await import('../../lib/index.ts');
  const train = strokeGlyphs({ count: 600, seed: 1 });
  const test = strokeGlyphs({ count: 1000, seed: 1, first: 5000 });
  const gains: Record<string, Sample> = {};
  for (const width of widths) {
    const found: number[] = [];
    for (const seed of seeds) {
      const rates = { seed, steps: 600, learningRate: oneCycleSchedule(0.1), reporter: {} } as const;
      const start = await net(width, seed);
      const [plain, moved] = [await fit(start, train, rates), await fit(start, train, { ...rates, augment: { shift } })];
      const of = (model: Model): string => [train, test].map(data => (100 * accuracy(model, data)).toFixed(1)).join(' / ');
      log(
        `${width} to ${2 * width} channels, seed ${seed}: training / test ${of(plain)} %, with shifts of up to ${shift} pixels ${of(moved)} %`,
      );
      found.push(100 * (accuracy(moved, test) - accuracy(plain, test)));
    }
    found.sort((a, b) => a - b);
    gains[`${width} to ${2 * width} channels`] = { min: found[0] as number, median: found[1] as number, n: found.length };
  }
  const [ours, ...others] = Object.entries(gains).reverse() as [[string, Sample], ...[string, Sample][]];
  return { name: `Gain by augmentation, ${ours[0]}`, unit: 'points on test images', ours: ours[1], peers: Object.fromEntries(others) };
};

async function net(width: number, seed: number): Promise<Model> {
  const { network } = await import('../../lib/index.ts');
  const start = network('net', [28, 28, 1], { seed });
  for (const channels of [width, 2 * width, 2 * width]) start.conv2d(channels, 3, { strides: 2, bias: false }).batchNorm().relu();
  return start.globalAveragePool().dense(10).model();
}

export default run;
