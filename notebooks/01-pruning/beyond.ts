import { array, type NDArray, normal, type Question, question, type Random } from 'tinylab';
import { earlyAccuracy, earlyDenseAccuracy, goals, ticketNet } from './nets.ts';
import { encodeColumn, nextMask, type Round, snipScores, sum, times, twoOfFour, weightNames, zeroShares } from './reference.ts';
import { columnSlips, eieSlips, packedSlips, snipSlips, zeroSlips } from './slips.ts';

// Questions 12 to 16: patterns for hardware, scores before training, activations, lottery tickets, storage.

/** Normal values; in every second case they span magnitudes: as text, 1e-7 comes after 12, and 12 before 2. */
function ofMagnitudes(rng: Random, shape: readonly number[], i: number): NDArray {
  const values = normal(rng, shape);
  const scale = [1, 12, 1e-7, 30, 1e-3] as const;
  return i % 2 === 0
    ? values
    : array(
        shape,
        Float32Array.from(values.data, (v, j) => v * (scale[j % 5] as number)),
      );
}

const nOfM = question(
  'n-m',
  { points: 5, title: '2:4 sparsity', uses: ['twoOfFour', 'packedRatio'], withhold: ['nm', 'nmMask', 'packedNm'] },
  async q => {
    await q.part('mask', { points: 3 }, async () => {
      for (const weight of q.cases(6, (rng, i) => ofMagnitudes(rng, [4 * rng.int(1, 3), 4 * rng.int(4, 6)], i))) {
        const wrong = (slips: Parameters<typeof twoOfFour>[1]): readonly number[] => [...twoOfFour(weight, slips).data];
        const got = q.asArray(await q.call('twoOfFour', weight), weight.shape);
        q.equal([...got.data], wrong({}), {
          known: [
            [wrong({ smallest: true }), 'You kept the two smallest of each group.'],
            [wrong({ importance: v => v }), 'You ranked by signed value. Importance is the absolute value.'],
            [
              wrong({ stride: weight.shape[1] as number }),
              'Your groups run down the columns. Four weights that follow each other in a row are a group.',
            ],
            [wrong({ byText: true }), 'The magnitudes are sorted as text, where 12 comes before 2. Sort numbers: sort((a, b) => b - a).'],
            [wrong({ keep: 1 }), 'You kept one of each four.'],
            [wrong({ keep: 3 }), 'You kept three of each four: half of them should go.'],
          ],
          hint: 'In every group of four exactly two stay.',
        });
      }
    });
    await q.part('storage', { points: 2 }, async () => {
      await q.number('packedRatio', 64 / 36, {
        tolerance: 5e-3,
        known: [
          [2, 'You left out the indices: each kept weight says in 2 bits which of the four it is.'],
          [0.5625, 'Turn it over: dense bits divided by packed bits.'],
          [1.6, 'That is the ratio for weights of 8 bits.'],
          [128 / 68, 'That is the ratio for weights of 32 bits.'],
          [64 / 40, 'An index tells one of four: 2 bits, not 4.'],
          ...packedSlips,
        ],
      });
    });
  },
);

const snip = question('snip', { points: 4, title: 'SNIP', uses: ['snipScores'], withhold: ['snip', 'taylor'] }, async q => {
  const pairs = q.cases(6, (rng, i) => {
    const shape = i % 3 === 2 ? [3, 3, rng.int(2, 3), rng.int(4, 5)] : [rng.int(3, 6), rng.int(7, 9)];
    return { weight: normal(rng, shape), gradient: ofMagnitudes(rng, shape, i) };
  });
  for (const { weight, gradient } of pairs) {
    const { shape } = weight;
    const wrong = (slips: Parameters<typeof snipScores>[2]): readonly number[] => [...snipScores(weight, gradient, slips).data];
    const got = q.asArray(await q.call('snipScores', weight, gradient), shape);
    q.close([...got.data], wrong({}), {
      known: [
        [wrong({ divided: false }), 'Divide by the sum of all scores, so that they add up to 1.'],
        [wrong({ score: (_, g) => Math.abs(g) }), 'That is the gradient alone. Removing a weight changes the loss by about w · dL/dw.'],
        [wrong({ score: w => Math.abs(w) }), 'That is magnitude. SNIP also asks how much the loss cares: w · dL/dw.'],
        [wrong({ score: (w, g) => w * g }), 'Take the absolute value: a weight whose removal changes the loss matters, up or down.'],
        [
          wrong({ score: (w, g) => w * g, signedSum: true }),
          'Take the absolute value: a weight whose removal changes the loss matters, up or down.',
        ],
        [wrong({ signedSum: true }), 'Divide by the sum of the scores, which are absolute values: signed products cancel.'],
        [wrong({ ofLargest: true }), 'You divided by the largest score. Divide by their sum, so that they add up to 1.'],
        [wrong({ score: (w, g) => (w * g) ** 2 }), 'You squared w · dL/dw. SNIP takes its absolute value.'],
        ...snipSlips(weight, gradient),
      ],
    });
  }
});

const collapse = question('collapse', { points: 2, title: 'Layer by layer, or all together', uses: ['collapseAnswer'] }, async q => {
  await q.choice('collapseAnswer', 'b', {
    a: 'Both keep 2 % of all weights. Look at which layers they keep them in.',
    c: 'Both use the same gradients of the same batch.',
    d: 'It keeps fewer there: look at the first bar, the layer with the most weights.',
  });
});

/** Outputs of a ReLU [batch, height, width, channels], no two axes alike; small values are values, and one channel may be silent. */
function activations(rng: Random, i: number): NDArray {
  const shape = [2, rng.int(3, 4), 5, [3, 6, 4][i % 3] as number];
  const channels = shape[3] as number;
  const centres = Array.from({ length: channels }, (_, c) => (c === 0 && i % 2 === 1 ? -50 : rng.normal()));
  const size = shape.reduce((a, b) => a * b, 1);
  const scale = i % 2 === 0 ? 1 : 1e-7;
  return array(
    shape,
    Float32Array.from({ length: size }, (_, j) => scale * Math.max(0, rng.normal(centres[j % channels]))),
  );
}

/** The slip of reading the c-th of equal rows as a channel. */
function sharesInRow({ shape, data }: NDArray, c: number): number {
  const length = data.length / (shape[3] as number);
  return data.slice(c * length, (c + 1) * length).filter(v => v === 0).length / length;
}

const apoz = question(
  'apoz',
  { points: 4, title: 'Zeros in activations', uses: ['zeroShares', 'apozAnswer'], withhold: ['apoz', 'averagePercentageOfZeros'] },
  async q => {
    await q.part('shares', { points: 3 }, async () => {
      for (const values of q.cases(6, activations)) {
        const right = zeroShares(values);
        const perChannel = values.data.length / right.length;
        q.close(await q.call('zeroShares', values), right, {
          known: [
            [right.map(share => 1 - share), 'That is the share of values that are not 0.'],
            [
              right.map(share => share * perChannel),
              'Those are counts. Divide by the number of values in a channel: batch · height · width.',
            ],
            [
              right.map(share => (share * perChannel) / (values.shape[0] as number)),
              'You divided by the batch alone. A channel has batch · height · width values.',
            ],
            [zeroShares(values, 1e-5), 'Small values are values: only what is exactly 0 counts.'],
            [right.map(share => 100 * share), 'A share goes from 0 to 1; yours are percentages.'],
            [
              Array.from({ length: right.length }, (_, c) => sharesInRow(values, c)),
              'You took the values of a channel to stand in a row. Channels alternate: value i belongs to channel i % channels.',
            ],
            [right.map(share => share / right.length), 'You divided by all values of all channels. Divide by those of one channel.'],
            ...zeroSlips(values),
          ],
          hint: 'The channel is the last axis: value i belongs to channel i % channels.',
        });
      }
    });
    await q.part('which', { points: 1 }, async () => {
      await q.choice('apozAnswer', 'a', {
        b: 'A channel with few zeros answers to almost every image: it is in use.',
        c: 'Size of weights and zeros of activations are different criteria, and they need not agree.',
      });
    });
  },
);

/** A layer in a round of iterative pruning: magnitudes far apart, one weight trained to exactly 0, and no half among the numbers that go. */
function round(rng: Random, i: number): Round & { rate: number } {
  const [rows, columns] = [rng.int(4, 7), rng.int(8, 10)];
  const [shape, size] = [[rows, columns], rows * columns];
  const mask = array(
    shape,
    Uint8Array.from({ length: size }, (_, j) => Number(j < 8 || rng.next() < 0.6)),
    'uint8',
  );
  const trained = times(ofMagnitudes(rng, shape, i), mask);
  const zeroed = Float32Array.from(trained.data, (v, j) => (j === 5 ? 0 : v));
  return { initial: normal(rng, shape), trained: array(shape, zeroed), mask, rate: rateFor(rng, sum(mask.data), size) };
}

/** A rate that asks for no half, of the weights that are left or of all. */
function rateFor(rng: Random, alive: number, all: number): number {
  const rate = rng.pick([0.2, 0.31, 0.43, 0.57]);
  const half = (n: number): boolean => Math.abs(((rate * n) % 1) - 0.5) < 0.05;
  return half(alive) || half(all) ? rateFor(rng, alive, all) : rate;
}

const ticket = question(
  'ticket',
  { points: 3, title: 'A lottery ticket', uses: ['nextTicket'], withhold: ['lotteryTicket', 'pruneIteratively'] },
  async q => {
    for (const { rate, ...given } of q.cases(6, round)) {
      const mask = nextMask(given, rate);
      const right = { mask, weight: times(given.initial, mask) };
      const afresh = nextMask({ ...given, trained: given.initial }, rate);
      const tooMany = nextMask(given, rate, { ofAll: true });
      const byText = nextMask(given, rate, { byText: true });
      const alive = nextMask(given, rate, { alive: i => given.trained.data[i] !== 0 });
      const ofTrained = { mask: alive, weight: times(given.initial, alive) };
      const cutOff = nextMask(given, rate, { whole: Math.floor });
      q.equal(await q.call('nextTicket', given, rate), right, {
        known: [
          [
            { mask, weight: times(given.trained, mask) },
            'You kept the trained values. A ticket starts again from its initial ones: rewind.',
          ],
          [{ mask, weight: given.initial }, 'Weights that are not in the mask should be 0.'],
          [{ mask: tooMany, weight: times(given.initial, tooMany) }, 'The rate counts the weights that are still there, not all of them.'],
          [ofTrained, 'A weight is still there where its mask is 1, even if training made it 0.'],
          [
            { mask: byText, weight: times(given.initial, byText) },
            'The magnitudes are sorted as text, where 12 comes before 2. Sort numbers: sort((a, b) => a - b).',
          ],
          [
            { mask: cutOff, weight: times(given.initial, cutOff) },
            'The number that goes is rounded to the nearest whole number, not cut off.',
          ],
          [{ mask: afresh, weight: times(given.initial, afresh) }, 'You ranked by the initial values. Rank by what training made of them.'],
          [
            { mask: given.mask, weight: times(given.initial, given.mask) },
            'No further weight went: rank those that are still there only, not the zeros.',
          ],
        ],
        hint: 'Of the weights whose mask is 1, the smallest after training go: round(rate · how many there are).',
      });
    }
  },
);

const tickets = question('tickets', { points: 3, title: 'The race', uses: ['tickets'] }, async q => {
  const masks = await q.deliverable('tickets');
  const start = ticketNet();
  const names = weightNames(start);
  const checked = Object.fromEntries(names.map(name => [name, q.asArray(q.field(masks, name), start.parameters[name]?.value.shape)]));
  const [kept, all] = [sum(names.map(n => sum((checked[n] as NDArray).data))), sum(names.map(n => (checked[n] as NDArray).data.length))];
  const binary = names.every(name => (checked[name] as NDArray).data.every(v => v === 0 || v === 1));
  q.true(binary && kept / all <= goals.density, {
    asked: `masks of 0 and 1 that keep at most ${goals.density} of the weights`,
    got: kept / all,
    hint: 'Go on for another round: each leaves rate less.',
  });
  if (!binary) return;
  const behind = (await earlyDenseAccuracy()) - (await earlyAccuracy(checked));
  q.true(behind <= goals.behind, {
    asked: `at most ${goals.behind} behind the dense network after 78 updates`,
    got: behind,
    hint: 'Take the masks from nextTicket, round after round: train, prune the smallest, rewind.',
  });
});

/** A column with gaps around multiples of 16, values of both signs, and zeros at its end. */
function column(rng: Random): number[] {
  const gaps = [0, 1, rng.int(2, 14), 15, 16, 17, 31, 32, 33, rng.int(34, 70), rng.int(0, 5)];
  const order = [...rng.permutation(gaps.length)].map(i => gaps[i] as number);
  const value = (): number => rng.int(1, 99) * rng.pick([1, -1]) * rng.pick([1, 0.01]);
  const values = order.flatMap(gap => [...new Array<number>(gap).fill(0), value()]);
  return [...values, ...new Array<number>(rng.pick([0, 7, 15, 16, 40])).fill(0)];
}

/** Zeros before each kept value, however many. */
function withoutFillers(dense: readonly number[]): { values: number[]; zeros: number[]; places: number[] } {
  const places = [...dense.keys()].filter(i => dense[i] !== 0);
  const zeros = places.map((place, i) => place - (i === 0 ? 0 : (places[i - 1] as number) + 1));
  return { values: places.map(place => dense[place] as number), zeros, places };
}

const eie = question(
  'eie',
  { points: 5, title: 'Sparse storage', uses: ['encodeColumn', 'eieBytes'], withhold: ['eie', 'relativeIndex', 'relativeIndexed'] },
  async q => {
    await q.part('encode', { points: 3 }, async () => {
      const example = [0, 0, 1, 2, ...new Array<number>(18).fill(0), 3];
      for (const dense of [example, ...q.cases(6, column), new Array<number>(20).fill(0)]) {
        const { values, zeros, places } = withoutFillers(dense);
        q.equal(await q.call('encodeColumn', dense), encodeColumn(dense), {
          known: [
            [{ values, zeros }, 'A run of more than 15 zeros does not fit into 4 bits: store a 0 as a filler after 15 of them.'],
            [{ values, zeros: places }, 'Those are positions. Store how many zeros lie between a value and the one before it.'],
            [encodeColumn(dense, 16), 'A 4-bit number goes up to 15: the filler comes after 15 zeros, not 16.'],
            [encodeColumn(dense, 15, true), 'Zeros at the end of a column need no entry.'],
            [encodeColumn(dense, 14), 'You store the filler one zero too early: 15 zeros still fit.'],
            ...columnSlips(dense),
          ],
          hint: 'A filler is itself a zero of the column: 18 zeros are 15, the filler, and 2 more.',
        });
      }
    });
    await q.part('bytes', { points: 2 }, async () => {
      await q.number('eieBytes', 5400, {
        known: [
          [4500, 'Fillers are stored like values: each takes its 36 bits.'],
          [4800, 'You left out the indices: half a byte for each entry.'],
          [4000, 'That is the kept values alone. There are fillers, and each entry has an index.'],
          [43_200, 'Those are bits.'],
          [40_000, 'That is the dense size.'],
          ...eieSlips,
        ],
      });
    });
  },
);

export const beyondQuestions: readonly Question[] = [nOfM, snip, collapse, apoz, ticket, tickets, eie];
