import { array, type Examiner, type NDArray, normal, type Question, question, type Random } from 'tinylab';
import { balance, bestClip, type ClipSlips, clipErrors, largest, type Pair, passed, rescaled, wrapped } from './beyond-reference.ts';
import { type Backward, bitsSeen, clipSeen, gradientSeen, rescaledSeen, wrapMistakes } from './beyond-slips.ts';
import { sum } from './reference.ts';
import { where as seen } from './seen.ts';

// Questions 12 to 15: accumulators, where a grid should end, gradients through a rounding, ranges that two layers share.

/** Products of 8-bit integers; in the last case they add up to more than 2^24, where float32 loses odd numbers. */
function productsOf(rng: Random, i: number): number[] {
  if (i === 8) return Array.from({ length: 1300 }, () => rng.int(110, 127) * (2 * rng.int(59, 63) + 1));
  return Array.from({ length: rng.int(6, 14) }, () => rng.int(-(128 << (i % 3)), 127 << (i % 3)) * rng.int(1, 127));
}

const accumulator = question(
  'accumulators',
  { points: 3, title: 'Accumulators', uses: ['addUp', 'accumulatorBits', 'floatSums'] },
  async q => {
    await q.part('wrap', { points: 1 }, async () => {
      for (const [i, products] of q.cases(9, productsOf).entries()) {
        const bits = [16, 12, 16, 20, 14, 10, 18, 16, 25][i] as number;
        const got = await q.call('addUp', products, bits);
        q.equal(got, wrapped(sum(products), bits), {
          known: wrapMistakes(got, products, bits),
          hint: 'Add up, then take away (or add) 2^b as often as it takes to come into -2^(b-1) … 2^(b-1) - 1.',
        });
      }
    });
    await q.part('bits', { points: 1 }, async () => {
      await q.number('accumulatorBits', 26, {
        asked: 'accumulatorBits: how many bits 1,152 products of up to 128 · 127 take',
        known: [
          [25, 'One bit is the sign: 2^25 numbers go from -2^24 to 2^24 - 1, and 18,726,912 is more.'],
          [27, 'One fewer is enough: 2^25 - 1 is more than 18,726,912.'],
          [15, 'That is one product. A layer adds 1,152 of them.'],
          [16, 'That is one product with its sign. A layer adds 1,152 of them.'],
          [32, 'That is what chips have. Fewer would do here: how large can the sum get?'],
          ...bitsSeen(await q.read('accumulatorBits')),
        ],
      });
    });
    await q.part('float', { points: 1 }, async () => {
      await q.choice('floatSums', 'b', {
        a: 'Nothing overflows: a float32 goes up to 3 · 10^38. What does it lose on the way there?',
        c: 'Whole numbers are exact in float32, as long as 24 bits hold them.',
        d: 'The order of additions changes nothing as long as every partial sum is exact.',
      });
    });
  },
);

/** Activations after a ReLU: zeros, many small ones, a few far out. */
function activations(rng: Random, n: number): number[] {
  return Array.from(normal(rng, [n]).data, (v, i) => (i % 13 === 0 ? Math.abs(v) * rng.uniform(4, 7) : Math.max(0, v)));
}

interface ClipCase {
  readonly values: number[];
  readonly bits: number;
  readonly clips: number[];
}

function clipCase(rng: Random, i: number): ClipCase {
  const bits = [2, 3, 2, 4, 2, 3][i % 6] as number;
  for (;;) {
    const values = activations(rng, rng.int(60, 120));
    const most = Math.max(...values);
    // the largest value comes last or first, and counts
    values[values.indexOf(most)] = 0;
    if (i % 2 === 0) values.push(most);
    else values.unshift(most);
    const shares = [0.15, 0.3, 0.45, 0.6, 0.8, 1].map(share => share * most);
    const clips = i % 6 === 1 || i % 6 === 5 ? shares.toReversed() : shares;
    const offered = { values, bits, clips };
    const errors = clipErrors(offered).toSorted((a, b) => a - b);
    if ((errors[1] as number) > 1.02 * (errors[0] as number) && tells(offered, i % 6)) return offered;
  }
}

/** Whether a case shows when a value at the end, or the last clip, is left out. */
function tells(offered: ClipCase, i: number): boolean {
  const { values, clips } = offered;
  const best = bestClip(offered);
  if (i === 3) return best === clips.at(-1);
  return i > 1 || best !== bestClip({ ...offered, values: i === 0 ? values.slice(0, -1) : values.slice(1) });
}

const clipping = question(
  'calibration',
  { points: 4, title: 'Where the grid ends', uses: ['bestClip', 'twoBits', 'fewImages'], withhold: ['mse', 'percentile', 'minMax'] },
  async q => {
    await q.part('clip', { points: 2 }, async () => {
      for (const { values, bits, clips } of q.cases(6, clipCase)) {
        const of = (slips: ClipSlips): number => bestClip({ values, bits, clips }, slips);
        const got = await q.call('bestClip', values, bits, clips);
        q.close(got, of({}), {
          known: [
            [Math.max(...clips), 'That is the largest value: nothing is clipped, and a step is wide. Compare the errors of all clips.'],
            [of({ error: Math.abs }), 'That is the smallest mean of |error|. Square the errors.'],
            [
              Math.min(...clips),
              'That is the smallest clip, which clips nearly everything. A value beyond it becomes the clip: that error counts too, and squared, so that signs do not cancel.',
            ],
            [of({ worst: true }), 'That clip has the largest error, not the smallest.'],
            [clips.indexOf(of({})), 'That is its place in the list. Return the clip itself.'],
            ...clipSeen(got, of({}), { values, bits, clips }),
          ],
          hint: 'For each clip: step = clip / (2^b - 1), each value becomes min(2^b - 1, round(v / step)) · step. The one with the smallest mean of (difference)² wins.',
        });
      }
    });
    await q.part('two-bits', { points: 1 }, async () => {
      // sealed: the notebook notes the letter, and the grader's hidden cases judge it
      await q.sealed('twoBits', ['a', 'b', 'c', 'd']);
    });
    await q.part('images', { points: 1 }, async () => {
      await q.sealed('fewImages', ['a', 'b', 'c', 'd']);
    });
  },
);

function backward(rng: Random): Backward {
  const ends = [-rng.uniform(0.6, 1.2), rng.uniform(0.5, 1.4)] as const;
  const values = Array.from(normal(rng, [rng.int(8, 16)]).data, v => 1.3 * v);
  return { values: [...values, ends[0] - 0.2, ends[1] + 0.2, 0], gradient: Array.from(normal(rng, [values.length + 3]).data), ends };
}

const straight = question(
  'straight-through',
  { points: 2, title: 'Gradients through a rounding', uses: ['straightThrough'], withhold: ['fakeQuantize'] },
  async q => {
    for (const { values, gradient, ends } of q.cases(6, backward)) {
      const [low, high] = ends;
      const where = (keep: (v: number) => boolean): number[] => gradient.map((g, i) => (keep(values[i] as number) ? g : 0));
      const got = await q.call('straightThrough', gradient, values, ends);
      q.close(got, passed(gradient, values, ends), {
        known: [
          [gradient, 'Beyond the ends the result does not move when the value does, so no gradient passes: 0.'],
          [
            gradient.map(() => 0),
            'That is the true slope of a rounding, and nothing would be learned. Pass the gradient on where the value lies on the grid.',
          ],
          [where(v => v < low || v > high), 'The other way round: the gradient passes inside of the ends and stops beyond them.'],
          [where(v => v <= high), 'Values below the lower end are clamped too: no gradient passes there.'],
          [where(v => v >= low), 'Values above the upper end are clamped too: no gradient passes there.'],
          [where(v => Math.abs(v) <= high), 'The ends differ: compare with low as well as with high.'],
          [
            values.map((v, i) => (v >= low && v <= high ? v * (gradient[i] as number) : 0)),
            'The slope is 1 there: pass the gradient on as it comes.',
          ],
          [values.map(v => (v >= low && v <= high ? 1 : 0)), 'That is the slope. What passes is the slope times the gradient that comes.'],
          ...gradientSeen(got, { values, gradient, ends }),
        ],
        hint: 'For each value: the gradient that comes where low ≤ value ≤ high, else 0.',
      });
    }
  },
);

/** Two layers whose channels have very different ranges. */
function pair(rng: Random): Pair {
  const [inputs, channels, outputs] = [rng.int(3, 5), rng.int(4, 6), rng.int(2, 4)];
  const factor = Array.from({ length: channels }, () => 2 ** rng.uniform(-4, 4));
  const first = normal(rng, [inputs, channels]);
  return {
    first: array(
      [inputs, channels],
      first.data.map((w, i) => w * (factor[i % channels] as number)),
    ),
    bias: Array.from(normal(rng, [channels]).data),
    second: normal(rng, [channels, outputs]),
  };
}

const matrixOf = (q: Examiner, got: unknown, like: NDArray): NDArray => q.asArray(got, like.shape);

/** What may be wrong with a layer of a pair. */
function pairMistakes(layers: Pair, got: NDArray, part: 'first' | 'second'): [unknown, string][] {
  const s = balance(layers);
  const [r1, r2] = [largest(layers.first, 'column'), largest(layers.second, 'row')];
  const [inverse, single, ratio] = [s.map(x => 1 / x), r1, r1.map((r, i) => r / (r2[i] as number))];
  const channel = (i: number): number => (part === 'first' ? i % s.length : Math.floor((i * s.length) / layers.second.data.length));
  return [
    [rescaled(layers, inverse)[part], 'Upside down: divide the first layer by s and multiply the second.'],
    [
      rescaled(layers, single)[part],
      'You divided by the range of the first layer: then its ranges are all 1 and those of the second are far apart. s = √(r1 · r2) / r2.',
    ],
    [rescaled(layers, ratio)[part], 'The root is missing: with s = r1 / r2 the two ranges change places. s = √(r1 · r2) / r2.'],
    [layers[part], 'It is as it was.'],

    ...rescaledSeen(got.data, rescaled(layers, s)[part].data, channel).map(([holds, hint]): [unknown, string] => [seen(holds, got), hint]),
  ];
}

const equalization = question(
  'equalization',
  {
    points: 4,
    title: 'Equalizing two layers',
    uses: ['equalize', 'perTensorFails'],
    withhold: ['crossLayerEqualization', 'equalizeCrossLayers', 'equalizingFactors'],
  },
  async q => {
    await q.part('pair', { points: 3 }, async () => {
      for (const layers of q.cases(5, pair)) {
        const s = balance(layers);
        const right = rescaled(layers, s);
        const got = await q.call('equalize', layers);
        const [first, second] = [matrixOf(q, q.field(got, 'first'), layers.first), matrixOf(q, q.field(got, 'second'), layers.second)];
        const bias = q.asList(q.field(got, 'bias'));
        q.close(first, right.first, {
          asked: 'first of equalize(layers)',
          known: pairMistakes(layers, first, 'first'),
          hint: 'Each column of the first layer divided by its s.',
        });
        q.close(second, right.second, {
          asked: 'second of equalize(layers)',
          known: pairMistakes(layers, second, 'second'),
          hint: 'Each row of the second layer times its s.',
        });
        q.close(bias, right.bias, {
          asked: 'bias of equalize(layers)',
          known: [
            [layers.bias, 'The bias must shrink with its channel, or the network computes something else: divide it by s too.'],
            [layers.bias.map((b, i) => b * (s[i] as number)), 'The bias is divided by s, as the weights before it are.'],
            ...rescaledSeen(bias.map(Number), right.bias, i => i)
              .slice(0, 4)
              .map(([holds, hint]): [unknown, string] => [seen(holds, bias), hint]),
          ],
          hint: 'Each bias divided by the s of its channel.',
        });
      }
    });
    await q.part('why', { points: 1 }, async () => {
      await q.choice('perTensorFails', 'd', {
        a: 'Depthwise layers have fewer weights, and each is stored as well as any other.',
        b: 'The accumulator has 32 bits in both, and nine products never fill it.',
        c: 'Rounding is the same in all layers: at most half a step.',
      });
    });
  },
);

export const beyondQuestions: readonly Question[] = [accumulator, clipping, straight, equalization];
