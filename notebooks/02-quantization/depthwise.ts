import { type Dataset, type deploy, type Examiner, loadDataset, type Question, quantize, question, take } from 'tinylab';
import { integerHits, plantedNet, program, realHits, share } from './depthwise-net.ts';
import { sameBiases, sameKernels, severalScales, shapesOf } from './depthwise-seen.ts';
import { programOf } from './networks.ts';

// The network with depthwise layers: what one scale for each layer costs it, why, and the repair.

/** How far the repaired program may fall behind the network of real numbers, and the points of each part. */
const parts = { better: { behind: 0.05, points: 1 }, repaired: { behind: 0.01, points: 2 } } as const;

const known = new Map<string, unknown>();

function once<T>(name: string, make: () => T): T {
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as T;
}

/** The planted network as a program, one scale for each layer. */
const naive = async (): Promise<deploy.Program> => {
  const { train } = await loadDataset('fashion-mnist');
  return once('naive', () => program(plantedNet(), { granularity: quantize.tensor(), images: take(train, 100) }));
};

const hitsOf = (images: Dataset): boolean[] => once(images.name, () => realHits(plantedNet(), images));

/** The repaired program, if it is the planted network's with one scale for each layer. */
async function repairedOf(q: Examiner): Promise<deploy.Program | undefined> {
  const found = await programOf(q, 'repaired');
  const alike = q.true(shapesOf(found) === shapesOf(await naive()), {
    asked: 'a program with the steps and the weights of `uneven`, all of them integers of 8 bits',
    hint: 'Hand in what eightBits returns for `uneven`, or for what you made of it.',
  });
  if (!alike) return undefined;
  const several = severalScales(found);
  const single = q.true(several === undefined, {
    asked: 'one scale for all weights of a layer',
    got: several && `${several}: a scale for each channel`,
    hint: "Take one scale for all weights of a layer, eightBits(…, 'tensor'): with one for each channel the activations are as uneven as before.",
  });
  return single ? found : undefined;
}

/** Whether it keeps the accuracy on these images: a part for coming close, one for coming as close as it can. */
export async function keeps(q: Examiner, { images, named }: { readonly images: Dataset; readonly named: string }): Promise<void> {
  for (const [part, { behind, points }] of Object.entries(parts))
    await q.part(part, { points }, async () => {
      const found = await repairedOf(q);
      if (!found) return;
      const [got, right] = [share(integerHits(found, images)), share(hitsOf(images))];
      q.true(got >= right - behind, {
        asked: `an accuracy at most ${behind} below that of the network of real numbers, ${named}`,
        got: q.hidden ? undefined : Math.round(got * 1e4) / 1e4,
        hint: toldBy(found, await naive()),
      });
    });
}

/** What seems to have gone wrong. */
function toldBy(found: deploy.Program, start: deploy.Program): string {
  if (sameKernels(found, start))
    return 'Those are the weights of `uneven` as they are: equalize the ranges of its layers before they are rounded.';
  if (sameBiases(found, start))
    return 'The weights are equalized, the biases are those of before: what divides a channel divides its bias too.';
  return 'Equalize `uneven` (quantize.equalizeCrossLayers), and calibrate afterwards: the activations have other ranges then.';
}

const depthwise = question(
  'depthwise',
  { points: 5, title: 'Repairing a depthwise network', uses: ['repaired', 'drop', 'perChannelFails'] },
  async q => {
    const { validation, test } = await loadDataset('fashion-mnist');
    await q.part('drop', { points: 1 }, () => askDrop(q, test));
    await q.part('why', { points: 1 }, async () => {
      await q.choice('perChannelFails', 'c', {
        a: 'The sums have 32 bits either way, and a depthwise filter adds nine products.',
        b: 'They can: the table shows that with real activations it costs nothing.',
        d: 'All of the programs are calibrated on the same 100 images, and the equalized one works.',
      });
    });
    await keeps(q, { images: validation, named: 'on the validation images' });
  },
);

async function askDrop(q: Examiner, test: Dataset): Promise<void> {
  const start = await naive();
  const [real, whole] = [hitsOf(test), once('naive on test', () => integerHits(start, test))];
  const [float, integers] = [share(real), share(whole)];
  const drop = float - integers;
  const batches = [64, 100, 256, 500].map(
    count => [share(real, count) - share(whole, count), 'That is the drop on a few images. Measure on all of `test`.'] as [number, string],
  );
  await q.number('drop', drop, {
    tolerance: { relative: 0, absolute: 0.002 },
    asked: 'drop: accuracy of `uneven` minus accuracy of its program, both on all of `test`',
    known: [
      [100 * drop, 'That is in points of a hundred. Accuracies lie between 0 and 1, and so does their difference.'],
      [-drop, 'The sign: accuracy before minus accuracy after.'],
      [drop / float, 'That is a share of the accuracy before. Asked is the difference.'],
      [integers, 'That is what is left. Take it from the accuracy of real numbers.'],
      [1 - integers, 'That is how many it gets wrong. The network of real numbers is not always right either.'],
      ...batches,
    ],
    hint: 'accuracy(uneven, test) for the one, rightShare(…, test) for the other.',
  });
}

export const depthwiseQuestions: readonly Question[] = [depthwise];
