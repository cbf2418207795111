import {
  accuracy,
  applyMasks,
  array,
  loadDataset,
  type Model,
  macs,
  mlp,
  type NDArray,
  normal,
  type Question,
  question,
  type Random,
} from 'tinylab';
import { accuracyLost, denseNet, goals, layerOps, prunedBy } from './nets.ts';
import { averageStatistics, keptWeights, layersPruned, maskedStep, maskOf, sparseBytes, sum, weightNames, weightOf } from './reference.ts';

// Questions 5 to 7: a sparsity for each layer, fresh batch-norm statistics, fine-tuning.

const denseBytes = (model: Model): number => 4 * sum(weightNames(model).map(name => weightOf(model, name).data.length));

/** One threshold for all layers, at the sparsity that the map has in all. */
function globally(model: Model, sparsities: Readonly<Record<string, number>>): Model {
  const names = Object.keys(sparsities);
  const all = names.flatMap(name => [...weightOf(model, name).data]);
  const zeros = names.reduce((total, name) => total + (sparsities[name] as number) * weightOf(model, name).data.length, 0);
  const mask = maskOf(array([all.length], all), zeros / all.length);
  let from = 0;
  const cut = names.map(name => {
    const { shape, data } = weightOf(model, name);
    const own = array(shape, mask.data.slice(from, from + data.length), 'uint8');
    from += data.length;
    return [name, own] as const;
  });
  return applyMasks(model, Object.fromEntries(cut));
}

/** The kernels by their places in the graph, whatever they are called. */
const kernelNames = (model: Model): string[] => model.nodes.flatMap(({ parameters: { kernel } }) => (kernel === undefined ? [] : [kernel]));
const kernels = (model: Model): number[][] => kernelNames(model).map(name => [...weightOf(model, name).data]);

const allocation = question(
  'allocation',
  {
    points: 3,
    title: 'Each layer its own sparsity',
    uses: ['storedBytes', 'pruneLayers'],
    needs: ['fineGrainedPrune'],
    withhold: ['pruneMagnitude', 'magnitudeMask', 'pruneByImportance', 'fineGrained', 'storageBytes'],
  },
  async q => {
    await q.part('bytes', { points: 1 }, async () => {
      for (const [i, weight] of q.cases(4, rng => normal(rng, [8, rng.int(10, 30)])).entries()) {
        const n = weight.data.length;
        // the last mask keeps all, also at both ends
        const sparsity = [0.75, 0.5, 0.75, 0][i] as number;
        const kept = n - Math.round(sparsity * n);
        q.equal(await q.call('storedBytes', maskOf(weight, sparsity)), sparseBytes(kept), {
          known: [
            [sparseBytes(kept, 0), 'You counted the values alone. Each kept weight also needs its index: half a byte.'],
            [sparseBytes(n - kept), 'You counted the zeros. What is stored are the weights that are kept.'],
            [
              sparseBytes(n - kept, 0),
              'You counted the zeros, and no index. Stored is what is kept, each weight with half a byte of index.',
            ],
            [4 * n, 'That is the dense size. Zeros are not stored.'],
            [8 * sparseBytes(kept), 'Those are bits.'],
          ],
        });
      }
    });
    await q.part('layers', { points: 2 }, async () => {
      for (const seed of q.cases(3, rng => rng.int(1, 1e6))) {
        const model = mlp({ input: [3, 3, 1], hidden: [20, 6], classes: 4, seed });
        const names = weightNames(model);
        const map = Object.fromEntries(names.map((name, i) => [name, [0.3, 0.6, 0.5][i] as number]));
        const right = layersPruned(model, map);
        const got = q.asModel(await q.call('pruneLayers', model, map));
        q.equal(kernels(got), kernels(right), {
          asked: 'the weights after pruneLayers(model, sparsities)',
          known: [
            [
              kernels(globally(model, map)),
              'You took one threshold for the whole network. Each layer has its own sparsity, so its own threshold.',
            ],
            [kernels(model), 'The weights are all still there: put zeros where the mask is 0.'],
          ],
        });
        q.true(
          kernelNames(got).every(name => got.parameters[name]?.mask !== undefined),
          {
            asked: 'a mask on each pruned parameter',
            hint: 'Set the mask too, not only the zeros: fit keeps masked weights at 0 while it trains.',
          },
        );
      }
    });
  },
);

const sparsities = question('sparsities', { points: 4, title: 'The map', uses: ['sparsities'] }, async q => {
  const dense = denseNet();
  const map = await q.read('sparsities').then(got => q.asRecord(got));
  const names = weightNames(dense);
  const sound = names.every(name => typeof map[name] === 'number' && (map[name] as number) >= 0 && (map[name] as number) <= 1);
  q.true(sound && Object.keys(map).length === names.length, {
    asked: 'a sparsity from 0 to 1 for each of the nine weights',
    hint: `Its keys are ${names[0]} … ${names.at(-1)}, each with a number from 0 to 1.`,
  });
  if (!sound) return;
  const kept = names.reduce((total, name) => {
    const n = weightOf(dense, name).data.length;
    return total + n - Math.round((map[name] as number) * n);
  }, 0);
  const share = sparseBytes(kept) / denseBytes(dense);
  q.true(share <= goals.size, {
    asked: 'at most 25 % of the bytes of the dense weights',
    got: share,
    hint: 'Too large: with its index each kept weight takes 4.5 bytes, so at most 22.2 % of all weights may stay. The two largest layers hold two thirds of them.',
  });
  const { validation } = await loadDataset('fashion-mnist');
  const lost = accuracyLost(accuracy(await prunedBy(map as Record<string, number>), validation), validation);
  q.true(lost <= goals.map, {
    asked: `at most ${goals.map} of accuracy lost before any training, with fresh batch-norm statistics`,
    got: lost,
    hint: 'One sparsity for all layers loses 0.05. Spare the layers whose curve falls early, and take more from those that bear it.',
  });
});

const activations = (rng: Random): NDArray[] =>
  Array.from({ length: rng.int(2, 4) }, () => {
    const [n, c] = [rng.int(4, 9), 3];
    const centre = [rng.normal(0, 3), rng.normal(0, 3), rng.normal(0, 3)];
    return array(
      [n, c],
      Float32Array.from({ length: n * c }, (_, i) => (centre[i % c] as number) + rng.normal()),
    );
  });

const batchNorm = question(
  'batch-norm',
  { points: 4, title: 'Fresh statistics', uses: ['averageStatistics', 'refreshAnswer'] },
  async q => {
    await q.part('statistics', { points: 2 }, async () => {
      for (const batches of q.cases(5, activations)) {
        const right = averageStatistics(batches);
        const deviation = { mean: right.mean, variance: right.variance.map(Math.sqrt) };
        const one = averageStatistics([
          array(
            [batches.reduce((n, b) => n + (b.shape[0] as number), 0), 3],
            batches.flatMap(b => [...b.data]),
          ),
        ]);
        q.close(await q.call('averageStatistics', batches), right, {
          tolerance: { relative: 1e-4, absolute: 1e-5 },
          known: [
            [averageStatistics(batches, { less: 1 }), 'Batch norm divides by n, not by n - 1.'],
            [
              averageStatistics(batches, { spread: Math.sqrt }),
              'That is the standard deviation. Batch norm keeps the variance, its square.',
            ],
            [deviation, 'That is the standard deviation. Batch norm keeps the variance, its square.'],
            [one, 'You threw all batches into one. Take the statistics of each batch, then their mean over the batches.'],
            [averageStatistics(batches.slice(-1)), 'Only the last batch is in it: add the batches up and divide by their number.'],
          ],
          hint: 'For each channel (column): the mean over the rows of a batch; then the mean of those over the batches.',
        });
      }
    });
    await q.part('why', { points: 2 }, async () => {
      await q.choice('refreshAnswer', 'b', {
        a: 'No weight changed: compare them. Only the running mean and variance of batch norm did.',
        c: 'Pruned weights stay 0: look at the sparsity before and after.',
        d: 'It saw training images only, and no label at all.',
      });
    });
  },
);

const recovery = question('recovery', { points: 2, title: 'A step with the mask held', uses: ['maskedStep'] }, async q => {
  for (const step of q.cases(4, makeStep)) {
    const right = maskedStep(step, 0.1);
    const everyone = { ...step, mask: step.mask.map(() => 1) };
    const gradientOnly = maskedStep({ ...everyone, gradient: step.gradient.map((g, i) => g * (step.mask[i] as number)) }, 0.1);
    const { weight, velocity, gradient, mask } = step;
    const got = q.asRecord(await q.call('maskedStep', { weight, velocity, gradient, mask }, 0.1));
    q.close(got.weight, right.weight, {
      known: [
        [maskedStep(everyone, 0.1).weight, 'Pruned weights came back: apply the mask after the update.'],
        [gradientOnly.weight, 'You masked the gradient, but the velocity still moves pruned weights. Apply the mask after the update.'],
        [
          weight.map((w, i) => w * (mask[i] as number) - 0.1 * (right.velocity[i] as number)),
          'You masked before the update, and the update moved pruned weights away from 0. Mask afterwards.',
        ],
      ],
      hint: 'velocity ← 0.9 · velocity + gradient; weight ← (weight - rate · velocity) · mask.',
    });
    q.close(got.velocity, right.velocity, {
      asked: 'the velocity after maskedStep',
      known: [
        [velocity, 'That is the velocity from before. The next step goes on from the new one: 0.9 · velocity + gradient.'],
        [gradient, 'That is the gradient. The new velocity is 0.9 · velocity + gradient.'],
        [right.velocity.map((v, i) => v * (mask[i] as number)), 'Only the weight is masked: return the velocity as it is.'],
        [weight, 'That is the weight. Return the new velocity beside it.'],
      ],
      hint: 'velocity ← 0.9 · velocity + gradient.',
    });
  }
});

const pruned = question('pruned', { points: 3, title: 'The pruned network', uses: ['pruned'], ops: layerOps }, async q => {
  const model = q.asModel(await q.deliverable('pruned'));
  const dense = denseNet();
  const same = weightNames(model).join() === weightNames(dense).join() && macs(model) === macs(dense);
  q.true(same, { asked: 'the dense network with zeros, of the same layers', hint: 'Start from pruneLayers(dense, sparsities).' });
  if (!same) return;
  const share = sparseBytes(keptWeights(model)) / denseBytes(dense);
  q.true(share <= goals.size, {
    asked: 'at most 25 % of the bytes of the dense weights',
    got: share,
    hint: 'Pruned weights came back in training, or your map keeps too many. Train what pruneLayers returns: fit holds its masks.',
  });
  const { test } = await loadDataset('fashion-mnist');
  const lost = accuracyLost(await q.accuracy(model, test), test);
  q.true(lost <= goals.pruned, {
    asked: `at most ${goals.pruned} less accuracy than the dense network on the test images`,
    got: lost,
    hint: 'Train the pruned network for one more epoch, with a small learning rate (0.02) that falls to 0.',
  });
});

function makeStep(rng: Random) {
  const vector = (): number[] => Array.from({ length: 8 }, () => rng.normal());
  const mask = [1, 0, ...Array.from({ length: 6 }, () => rng.int(0, 1))];
  return { weight: vector(), velocity: vector(), gradient: vector(), mask };
}

export const recoveryQuestions: readonly Question[] = [allocation, sparsities, batchNorm, recovery, pruned];
