import { array, type Examiner, type Model, mlp, type NDArray, normal, type Question, question, type Random, roundedShare } from 'tinylab';
import { maskOf, sum, weightNames, weightOf, zerosIn } from './reference.ts';

// Questions 1 to 4: what weights look like, one mask, and how much each layer bears.

const histograms = question('histograms', { points: 6, title: 'Weight histograms', uses: ['histogramShape', 'histogramUse'] }, async q => {
  await q.part('shape', { points: 3 }, async () => {
    await q.choice('histogramShape', 'a', {
      b: 'Look at the height of the bars at both ends: large weights are rare.',
      c: 'Training pushes no weight to exactly 0: the bar at 0 is a bin of small weights. Zoom in.',
      d: 'There is one hill, not two: both signs are there, but most weights of either sign are small.',
    });
  });
  await q.part('use', { points: 3 }, async () => {
    await q.choice('histogramUse', 'c', {
      a: 'A weight of 0.001 takes its 32 bits, and its multiplication, like any other. Nothing is saved before you prune.',
      b: 'All weights were trained for the same number of steps. A small one has learned that its input matters little.',
      d: 'Where the middle is does not matter. What matters is how many weights lie close to 0.',
    });
  });
});

/** Magnitudes far apart: as text, 1e-7 comes after 12, and 12 before 2. */
const magnitudes = [1, 1e-7, 12, 1, 40, 1e-3] as const;

/** The i-th array of weights: of one to four axes, of different sizes; every second one spans many magnitudes. */
function weightsOf(rng: Random, i: number): NDArray {
  const shapes = [[3, 3, rng.int(2, 4), rng.int(5, 7)], [rng.int(6, 9), rng.int(10, 13)], [rng.int(30, 60)], [1, 3, 4, 5]];
  const values = normal(rng, shapes[i % 4] as number[]);
  return i % 2 === 0
    ? values
    : array(
        values.shape,
        Float32Array.from(values.data, (v, j) => v * (magnitudes[j % 6] as number)),
      );
}

/** Weights with few values of both signs, zeros among them, and a sparsity whose threshold several of them have. */
function tied(rng: Random): { weight: NDArray; sparsity: number } {
  const shape = [rng.int(4, 6), rng.int(7, 9)];
  const n = (shape[0] as number) * (shape[1] as number);
  const weight = array(
    shape,
    Float32Array.from({ length: n }, () => rng.int(-4, 4) / 4),
  );
  const sorted = Array.from(weight.data, Math.abs).sort((a, b) => a - b);
  // the k-th and the next are equal, so that exactly k zeros cannot be had
  const k = sorted.findIndex((value, i) => i > 0.4 * n && value === sorted[i + 1]) + 1;
  return { weight, sparsity: k / n };
}

/**
 * A sparsity that asks for a broken number of zeros, a little above a whole one, or a little below. Above, cutting off is right and
 * keeping the threshold wrong; below, both are wrong in the same way.
 */
function broken(rng: Random, n: number, above: boolean): number {
  return (rng.int(Math.round(0.3 * n), Math.round(0.85 * n)) + rng.uniform(0.1, 0.4) * (above ? 1 : -1)) / n;
}

const signed = 'You ranked by signed value, so all large negative weights went. Importance is the absolute value.';

/** What fineGrainedPrune is asked: broken numbers of zeros, ties at the threshold, nothing (with zeros among the weights), all. */
function masksToMake(q: Examiner): { weight: NDArray; sparsity: number }[] {
  const usual = q.cases(6, (rng, i) => {
    const weight = weightsOf(rng, i);
    return { weight, sparsity: broken(rng, weight.data.length, i % 2 === 0) };
  });
  const ties = q.cases(2, tied);
  const [few, some] = q.cases(2, weightsOf) as [NDArray, NDArray];
  return [
    ...usual,
    ...ties,
    { weight: (ties[0] as { weight: NDArray }).weight, sparsity: 0 },
    { weight: few, sparsity: 0.3 / few.data.length },
    { weight: some, sparsity: 1 },
  ];
}

const fineGrained = question(
  'fine-grained-prune',
  {
    points: 10,
    title: 'Fine-grained pruning',
    uses: ['fineGrainedPrune'],
    withhold: ['magnitudeMask', 'pruneMagnitude', 'pruneByImportance', 'fineGrained'],
  },
  async q => {
    for (const { weight, sparsity } of masksToMake(q)) {
      const n = weight.data.length;
      const mask = q.asArray(await q.call('fineGrainedPrune', weight, sparsity), weight.shape);
      const wrong = (slips: Parameters<typeof maskOf>[2]): readonly number[] => [...maskOf(weight, sparsity, slips).data];
      q.equal([...mask.data], [...maskOf(weight, sparsity).data], {
        known: [
          [wrong({ inverted: true }), 'Your mask keeps what should go: 1 stands for a weight that is kept.'],
          [wrong({ importance: v => v }), signed],
          [wrong({ importance: v => v, none: -1 }), signed],
          [wrong({ importance: v => v, none: 0 }), signed],
          [wrong({ whole: Math.floor }), 'The number of zeros is rounded to the nearest whole number, not cut off.'],
          [wrong({ keepEqual: true }), 'The k-th smallest weight itself is pruned too: keep what is strictly above the threshold.'],
          [
            wrong({ atLeastNext: true }),
            'Several weights have the importance of the threshold: all of them go. Keep what is strictly above it, not what reaches the next.',
          ],
          [wrong({ byText: true }), 'The importances are sorted as text, where 12 comes before 2. Sort numbers: sort((a, b) => a - b).'],
          [wrong({ inverted: true, keepEqual: true }), 'Your mask keeps what lies below the threshold: keep what is strictly above it.'],
          [
            wrong({ whole: zeros => (Math.round(zeros) === 0 ? n : 0) }),
            'All is kept where something should go, and nothing where all should stay: the case k = 0 and the other one are swapped.',
          ],
          [wrong({ none: 0 }), 'With k = 0 all is kept, also weights that are 0 already.'],
          [wrong({ whole: Math.ceil }), 'The number of zeros is rounded to the nearest whole number, not up.'],
          [wrong({ whole: zeros => n - Math.round(zeros) }), 'You pruned the share that should stay: sparsity is the share of zeros.'],
        ],
        hint: `Count first: the mask needs round(${n} · sparsity) zeros.`,
      });
    }
  },
);

const chooseSparsity = question('choose-sparsity', { points: 3, title: 'Choosing a sparsity', uses: ['keepTwelve'] }, async q => {
  await q.number('keepTwelve', 0.7, {
    // every sparsity that prunes 28 of the 40
    accepts: sparsity => sparsity >= 0 && sparsity <= 1 && roundedShare(sparsity, 40) === 28,
    known: [
      [0.3, 'That is the density, the share that is kept. Sparsity is the share of zeros.'],
      [28, 'That is the number of zeros. Sparsity is their share of all weights.'],
      [70, 'Sparsity is a share from 0 to 1, not a percentage.'],
      [12, 'That is how many are kept. Which share of the 40 is pruned?'],
    ],
  });
});

/** Made up, but different for every layer, so that a table in the wrong order shows. */
const pretended = (model: Model): number => {
  const shares = weightNames(model).map((name, i) => {
    const { value } = model.parameters[name] as Model['parameters'][string];
    return ((i + 1) * zerosIn(value)) / value.data.length;
  });
  return 1 - 0.1 * sum(shares);
};

/** A small network, some of its layers in an order of their own, sparsities up and down, and no half among the numbers of zeros. */
function scanOf(rng: Random, i: number): { model: Model; names: string[]; sparsities: number[] } {
  const model = mlp({ input: [4, 5, 1], hidden: [10, 30], classes: 5, seed: rng.int(1, 1e6) });
  const all = weightNames(model);
  const names = [all, [all[2], all[0]], [all[1], all[2], all[0]]][i % 3] as string[];
  return {
    model,
    names,
    sparsities: [
      [0.2, 0.4, 0.7],
      [0.6, 0.1],
      [0.5, 0.8, 0.3, 0.9],
    ][i % 3] as number[],
  };
}

const sensitivity = question(
  'sensitivity',
  {
    points: 4,
    title: 'Sensitivity scan',
    uses: ['sensitivityScan'],
    needs: ['fineGrainedPrune'],
    withhold: ['sensitivityScan', 'pruneMagnitude', 'pruneByImportance'],
  },
  async q => {
    for (const { model, names, sparsities } of q.cases(3, scanOf)) {
      const share = (name: string, s: number): number => {
        const n = weightOf(model, name).data.length;
        return (0.1 * (weightNames(model).indexOf(name) + 1) * Math.round(s * n)) / n;
      };
      const table = (row: (name: string, i: number) => (s: number, j: number) => number): Record<string, number[]> =>
        Object.fromEntries(names.map((name, i) => [name, sparsities.map(row(name, i))]));
      const right = table(name => s => 1 - share(name, s));
      const [first] = names as [string];
      const largest = (upTo: number): number => Math.max(...sparsities.slice(0, upTo + 1));
      const left = (i: number): number => sum(names.slice(0, i).map(name => share(name, Math.max(...sparsities))));
      const piledUp = table((name, i) => (_, j) => 1 - left(i) - share(name, largest(j)));
      const dropped = table(
        (name, i) => s => 1 - sum(names.slice(0, i).map(other => share(other, sparsities.at(-1) as number))) - share(name, s),
      );
      const harder = table(name => (_, j) => 1 - share(name, largest(j)));
      const together = table(() => s => 1 - sum(names.map(name => share(name, s))));
      const evaluate = q.callback((net: unknown) => pretended(net as Model), { limit: 100 });
      q.close(await q.call('sensitivityScan', model, evaluate, { names, sparsities }), right, {
        asked: 'sensitivityScan(model, evaluate, { names, sparsities })',
        known: [
          [piledUp, 'A layer stays pruned while the next one is scanned. Start from the dense model each time.'],
          [dropped, 'A layer stays pruned while the next one is scanned. Start from the dense model each time.'],
          [harder, 'A layer stays pruned from one sparsity to the next. Start from the dense model each time.'],
          [together, 'You pruned all layers at once. A scan prunes one layer at a time and leaves the others dense.'],
          [table(() => () => 1), 'You evaluated the dense model every time.'],
          [
            { [first]: right[first]?.slice(0, 1) },
            'Only the first accuracy of the first name is there: return when both loops have ended, not inside of them.',
          ],
        ],
        hint: 'For each name one list: the accuracy at each sparsity, in the order of sparsities.',
      });
    }
  },
);

const curves = question('curves', { points: 6, title: 'Reading the curves', uses: ['scanTrend', 'scanLayers', 'scanBest'] }, async q => {
  await q.part('trend', { points: 2 }, async () => {
    await q.choice('scanTrend', 'b', {
      a: 'The curves are no straight lines: look at the left half, where next to nothing is lost.',
      c: 'A small gain at 40 % or 50 % is within the noise of 1,000 images. Look at 90 %.',
      d: 'They do fall in the end: compare 90 % with 40 %.',
    });
  });
  await q.part('layers', { points: 2 }, async () => {
    await q.choice('scanLayers', 'd', {
      a: 'Look at 90 %: the lines lie far apart.',
      b: 'The seventh convolution is twice as large as the sixth, and suffers more.',
      c: 'Depth alone does not decide: the fifth convolution suffers more than the fourth.',
    });
  });
  await q.part('best', { points: 2 }, async () => {
    await q.choice('scanBest', 'c', {
      a: 'It has 72 weights of 431,048. Prune all of them and you have saved nothing.',
      b: 'It bears a lot, but holds 0.3 % of the weights: there is little to take.',
      d: 'It loses most of all at 90 %, and it holds less than a tenth of the weights.',
    });
  });
});

export const fineGrainedQuestions: readonly Question[] = [histograms, fineGrained, chooseSparsity, sensitivity, curves];
