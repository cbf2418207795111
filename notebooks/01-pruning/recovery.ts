import {
  accuracy,
  applyMasks,
  array,
  type Examiner,
  loadDataset,
  type Model,
  mlp,
  type NDArray,
  type Question,
  question,
  type Random,
  sameLayers,
} from 'tinylab';
import { accuracyLost, denseNet, goals, layerOps, prunedBy } from './nets.ts';
import { averageStatistics, layersPruned, maskedStep, maskOf, sparseBytes, sum, weightNames, weightOf } from './reference.ts';
import { isFloat, isUnmoved, unmoved, valuesByRole, weightsLeft } from './roles.ts';
import { statisticsSlips, velocitySlips } from './slips.ts';

// Questions 5 to 7: a sparsity for each layer, fresh batch-norm statistics, fine-tuning.

const notQuantized =
  'Some weights are quantized. Here what is not kept is left out, and what is kept takes 32 bits: fewer bits are the subject of Lab 02.';

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

/** What the kernels of these names in `model` are called in `other`: those of the nodes at the same places. */
const kernelsNamed = (other: Model, model: Model, names: readonly string[]): string[] =>
  model.nodes.flatMap(({ parameters: { kernel } }, i) =>
    kernel !== undefined && names.includes(kernel) ? [other.nodes[i]?.parameters.kernel ?? ''] : [],
  );

/** A mask of some sparsity, all and nothing among them, whose kept weights are even in number: half bytes do not show. */
function maskToStore(rng: Random, i: number): { mask: NDArray; kept: number } {
  const shape = [[8, rng.int(10, 30)], [3, 3, rng.int(2, 4), 6], [rng.int(20, 40)]][i % 3] as number[];
  const n = shape.reduce((a, b) => a * b, 1);
  const kept = i === 4 ? 0 : 2 * rng.int(1, Math.floor(n / 2) - 1);
  const places = rng.permutation(n);
  const mask = new Uint8Array(n);
  for (const place of places.subarray(0, kept)) mask[place] = 1;
  return { mask: array(shape, mask, 'uint8'), kept };
}

/** A network and sparsities for all or for some of its layers, in no order, whose numbers of zeros are no halves. */
function mapOf(rng: Random, i: number): { model: Model; map: Record<string, number> } {
  const model = mlp({ input: [3, 3, 1], hidden: [20, 10], classes: 5, seed: rng.int(1, 1e6) });
  const [a, b, c] = weightNames(model) as [string, string, string];
  const maps = [{ [a]: 0.3, [b]: 0.6, [c]: 0.5 }, { [c]: 0.2, [a]: 0.7 }, { [b]: 0.9 }, { [b]: 0.1, [c]: 0.8, [a]: 0.4 }];
  return { model, map: maps[i % 4] as Record<string, number> };
}

/** Layers by layers: only what is named changes, each by its own sparsity. */
async function prunedLayers(q: Examiner): Promise<void> {
  for (const { model, map } of q.cases(4, mapOf)) {
    const right = layersPruned(model, map);
    const named = Object.keys(map);
    const everywhere = Object.fromEntries(weightNames(model).map(name => [name, map[name] ?? (map[named[0] as string] as number)]));
    const whole = Object.fromEntries(weightNames(model).map(name => [name, map[name] ?? 1]));
    const first = Object.fromEntries(named.map(name => [name, map[named[0] as string] as number]));
    const got = q.asModel(await q.call('pruneLayers', model, map));
    q.equal(valuesByRole(got), valuesByRole(right), {
      asked: 'the values after pruneLayers(model, sparsities)',
      known: [
        [
          valuesByRole(globally(model, map)),
          'You took one threshold for the whole network. Each layer has its own sparsity, so its own threshold.',
        ],
        [valuesByRole(layersPruned(model, first)), 'Each layer has its own sparsity: yours all got the first one.'],
        [valuesByRole(layersPruned(model, everywhere)), 'Only the layers that are named are pruned. All others stay as they are.'],
        [valuesByRole(layersPruned(model, whole)), 'Only the layers that are named are pruned. All others stay as they are.'],
        [valuesByRole(model), 'The weights are all still there: put zeros where the mask is 0.'],
      ],
    });
    q.true(isFloat(got), { asked: 'weights as the 32-bit numbers that they were', hint: notQuantized });
    q.true(
      kernelsNamed(got, model, named).every(name => got.parameters[name]?.mask !== undefined),
      {
        asked: 'a mask on each pruned parameter',
        hint: 'Set the mask too, not only the zeros: fit keeps masked weights at 0 while it trains.',
      },
    );
  }
}

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
      for (const { mask, kept } of q.cases(6, maskToStore)) {
        const n = mask.data.length;
        q.equal(await q.call('storedBytes', mask), sparseBytes(kept), {
          known: [
            [sparseBytes(kept, 0), 'You counted the values alone. Each kept weight also needs its index: half a byte.'],
            [sparseBytes(n - kept), 'You counted the zeros. What is stored are the weights that are kept.'],
            [
              sparseBytes(n - kept, 0),
              'You counted the zeros, and no index. Stored is what is kept, each weight with half a byte of index.',
            ],
            [4 * n, 'That is the dense size. Zeros are not stored.'],
            [8 * sparseBytes(kept), 'Those are bits.'],
            [kept, 'That is how many are kept. Each takes 32 + 4 bits.'],
            [8 * kept, 'An index has 4 bits, half a byte: it takes no whole byte, and no 32 bits.'],
            [5 * kept, 'An index has 4 bits, half a byte: it takes no whole byte.'],
            [(kept + 36) / 8, 'Each kept weight takes 36 bits: multiply, do not add.'],
            [kept * 36 - 8, 'A byte has 8 bits: divide by 8, do not take 8 away.'],
            [sparseBytes(kept - (mask.data.at(-1) as number)), 'The last weight of the mask is left out.'],
            [sparseBytes(kept - (mask.data[0] as number)), 'The first weight of the mask is left out.'],
            [sparseBytes(mask.data[0] as number), 'Only the first weight of the mask is counted.'],
          ],
        });
      }
    });
    await q.part('layers', { points: 2 }, () => prunedLayers(q));
  },
);

/** The first thing that is wrong with a map, in words. */
function unsound(map: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  const missing = names.find(name => !Object.hasOwn(map, name));
  const extra = Object.keys(map).find(name => !names.includes(name));
  return missing !== undefined ? `no ${missing}` : extra !== undefined ? `${extra}, which is none of them` : 'a value that is no share';
}

const sparsities = question('sparsities', { points: 4, title: 'The map', uses: ['sparsities'] }, async q => {
  const dense = denseNet();
  const map = await q.read('sparsities').then(got => q.asRecord(got));
  const names = weightNames(dense);
  const sound = names.every(name => typeof map[name] === 'number' && (map[name] as number) >= 0 && (map[name] as number) <= 1);
  q.true(sound && Object.keys(map).length === names.length, {
    asked: 'a sparsity from 0 to 1 for each of the nine weights',
    got: unsound(map, names),
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

/** Two to four batches of different sizes (one in the last case), with channels of different centres and spreads. */
function activations(rng: Random, i: number): NDArray[] {
  const c = [2, 5, 3, 4, 1][i % 5] as number;
  const channel = Array.from({ length: c }, () => ({ centre: rng.normal(0, 3), spread: rng.pick([0.2, 2, 4]) }));
  return Array.from({ length: i === 4 ? 1 : rng.int(2, 4) }, (_, batch) => {
    const n = 6 + 2 * batch + rng.int(0, 1);
    const values = Float32Array.from({ length: n * c }, (_value, j) => {
      const { centre, spread } = channel[j % c] as (typeof channel)[number];
      return centre + batch + spread * rng.normal();
    });
    return array([n, c], values);
  });
}

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
            [batches.reduce((n, b) => n + (b.shape[0] as number), 0), batches[0]?.shape[1] as number],
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
            ...statisticsSlips(batches),
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
  for (const { rate, ...step } of q.cases(5, makeStep)) {
    const right = maskedStep(step, rate);
    const everyone = { ...step, mask: step.mask.map(() => 1) };
    const gradientOnly = maskedStep({ ...everyone, gradient: step.gradient.map((g, i) => g * (step.mask[i] as number)) }, rate);
    const { weight, velocity, gradient, mask } = step;
    const withoutGradient = velocity.map(v => 0.9 * v);
    const noMomentum = { weight: weight.map((w, i) => (w - rate * (gradient[i] as number)) * (mask[i] as number)), velocity: gradient };
    q.close(await q.call('maskedStep', { weight, velocity, gradient, mask }, rate), right, {
      known: [
        [maskedStep(everyone, rate), 'Pruned weights came back: apply the mask after the update.'],
        [gradientOnly, 'You masked the gradient, but the velocity still moves pruned weights. Apply the mask after the update.'],
        [
          { ...right, weight: weight.map((w, i) => w * (mask[i] as number) - rate * (right.velocity[i] as number)) },
          'You masked before the update, and the update moved pruned weights away from 0. Mask afterwards.',
        ],
        [{ ...right, velocity }, 'The new velocity is returned too: 0.9 · velocity + gradient.'],
        [
          { ...right, velocity: right.velocity.map((v, i) => v * (mask[i] as number)) },
          'The mask is for the weights alone: the velocity keeps its own value.',
        ],
        [{ ...right, velocity: right.velocity.map(v => rate * v) }, 'The velocity that is returned is not multiplied by the rate.'],
        [
          { weight: weight.map((w, i) => (w - rate * (withoutGradient[i] as number)) * (mask[i] as number)), velocity: withoutGradient },
          'The gradient is added to the velocity.',
        ],
        ...velocitySlips(step, rate),
        [noMomentum, 'The velocity keeps 0.9 of what it was: 0.9 · velocity + gradient.'],
      ],
      hint: 'velocity ← 0.9 · velocity + gradient; weight ← (weight - rate · velocity) · mask.',
    });
  }
});

const pruned = question('pruned', { points: 3, title: 'The pruned network', uses: ['pruned'], ops: layerOps }, async q => {
  const model = q.asModel(await q.deliverable('pruned'));
  const dense = denseNet();
  const same = sameLayers(model, dense);
  q.true(same, { asked: 'the dense network with zeros, of the same layers', hint: 'Start from pruneLayers(dense, sparsities).' });
  const plain = isFloat(model);
  q.true(plain, { asked: 'weights as the 32-bit numbers that they were', hint: notQuantized });
  if (!same || !plain) return;
  const share = sparseBytes(weightsLeft(model)) / denseBytes(dense);
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
    hint: `${isUnmoved(model, dense, ['kernel', 'gamma', 'beta', 'bias']) ? unmoved : ''}Train the pruned network for one more epoch, with a small learning rate (0.02) that falls to 0.`,
  });
});

function makeStep(rng: Random) {
  const n = rng.int(6, 9);
  const vector = (): number[] => Array.from({ length: n }, () => rng.normal());
  const mask = [1, 0, ...Array.from({ length: n - 2 }, () => rng.int(0, 1))];
  return { weight: vector(), velocity: vector(), gradient: vector(), mask, rate: rng.pick([0.01, 0.1, 0.5, 2]) };
}

export const recoveryQuestions: readonly Question[] = [allocation, sparsities, batchNorm, recovery, pruned];
