import { type Examiner, type KnownMistakes, normal, type Question, question, type Random } from 'tinylab';
import { type Asked, type AwqSlips, exponentErrors, largestOf, mean, rowsTimes, searched, sizeOf } from './awq-reference.ts';
import { ends } from './reference.ts';
import { near, where } from './seen.ts';

// The bonus: how far input channels that carry much are made larger before their weights are rounded, by the error of the outputs.

/** Where a layer's weights are far from half-way between two integers, for each exponent. */
function clear({ inputs, weight, bits, exponents }: Asked): boolean {
  const [, high] = ends(bits);
  const sizes = weight.map((_, j) => sizeOf(inputs.map(row => row[j] as number)));
  return exponents.every(exponent => {
    const scaled = rowsTimes(
      weight,
      sizes.map(size => size ** exponent),
    );
    return scaled.every(row =>
      row.every((w, o) => {
        const steps = (w * high) / largestOf(scaled, o);
        return Math.abs(steps - Math.floor(steps) - 0.5) > 1e-3;
      }),
    );
  });
}

/** A layer with a loud input or two, whose best exponent is clear and not the last one tried. */
function loud(rng: Random, i: number): Asked {
  const [examples, channels, outputs] = [rng.int(6, 8), rng.int(6, 8), rng.int(2, 4)];
  const bits = [3, 4, 3, 4, 3][i % 5] as number;
  const exponents = [
    [0, 0.25, 0.5, 0.75, 1],
    [1, 0.5, 0],
    [0, 0.2, 0.4, 0.6, 0.8, 1],
    [1, 0.6, 0.3, 0],
    [0, 0.5, 1],
  ][i % 5] as number[];
  for (;;) {
    const factor = Array.from({ length: channels }, () => (rng.uniform(0, 1) < 0.3 ? rng.uniform(6, 20) : rng.uniform(0.4, 1.6)));
    const matrix = (rows: number, columns: number, by: (row: number, column: number) => number): number[][] => {
      const { data } = normal(rng, [rows, columns]);
      return Array.from({ length: rows }, (_, r) =>
        Array.from({ length: columns }, (__, c) => (data[r * columns + c] as number) * by(r, c)),
      );
    };
    const inputs = matrix(examples, channels, (_, c) => factor[c] as number);
    const weight = matrix(channels, outputs, r => 1 / Math.sqrt(factor[r] as number));
    const asked = { inputs, weight, bits, exponents };
    const errors = exponentErrors(asked);
    const [least = 0, next = 0] = errors.toSorted((a, b) => a - b);
    if (clear(asked) && next > 1.02 * least && errors.at(-1) !== least && errors.indexOf(least) === [2, 1, 3, 0, 1][i % 5]) return asked;
  }
}

const errorMistakes: readonly (readonly [slips: AwqSlips, hint: string])[] = [
  [{ inverse: true }, 'The scales are on the wrong side: weights of a loud input are multiplied by s, and the input is divided by it.'],
  [{ kept: true }, 'The inputs are not divided: with weights times s the layer computes the same only if its inputs are divided by s.'],
  ...(['scaled', 'worth'] as const).map(
    weights =>
      [{ weights }, 'That is the error of the weights. Compare the outputs: a weight counts as much as what its input carries.'] as const,
  ),
  [{ size: values => Math.max(...values.map(Math.abs)) }, 'That goes by the largest |x| of an input. Take the mean of its |x|.'],
  [
    { size: values => Math.sqrt(mean(values.map(v => v * v))) },
    'That goes by the root of the mean square of an input. Take the mean of its |x|.',
  ],
  [{ size: values => values.reduce((a, b) => a + Math.abs(b), 0) }, 'That goes by the sum of |x|. Take the mean.'],
  [{ size: values => Math.abs(values[0] as number) }, 'Only the first example counts. Take the mean over all.'],
  [{ size: values => Math.abs(mean(values)) }, 'Take |x| first, then the mean: else values above and below 0 cancel.'],
  [{ error: Math.abs }, 'That is the mean of |difference|. Square the differences.'],
  [{ error: d => d }, 'Differences above and below 0 cancel: square them.'],
  [{ power: size => size }, 'The exponent does not count: s = (mean |x|)^α.'],
  [{ power: (size, exponent) => size * exponent }, 'That multiplies by α: s is a power, (mean |x|)^α.'],
];

function errorsSeen(got: readonly unknown[], asked: Asked): KnownMistakes {
  const right = exponentErrors(asked);
  const count = asked.inputs.length * (asked.weight[0]?.length as number);
  const factors = right.map((error, i) => Number(got[i]) / error);
  const alike = factors.every(factor => near(factor, factors[0] as number));
  return [
    [right.map(error => error * count), 'Those are sums of squares. Take the mean over all outputs of all examples.'],
    [right.map(Math.sqrt), 'Those are roots of mean squares. Without the root.'],
    [where(got.length !== right.length, got), 'There is one error for each exponent, in the order of the list.'],
    [
      where(factors.some(Number.isNaN), got),
      'Some error is no number: is s[j] read for input channel j, and the power taken of a size above 0?',
    ],
    [where(alike, got), 'Your errors are right up to a factor: take the mean over all outputs of all examples.'],
    [where(Number(got[asked.exponents.indexOf(0)]) === 0, got), 'At α = 0 the error is 0: are the weights rounded?'],
    [
      where(near(factors[asked.exponents.indexOf(0)] as number, 1), got),
      'The error at α = 0 is right, others are not: how is s made, and where is it multiplied and divided?',
    ],
    [
      where(!near(factors[asked.exponents.indexOf(0)] as number, 1), got),
      'The error at α = 0, where every s is 1, is not right either: compare inputs times rounded weights with inputs times weights.',
    ],
  ];
}

async function askErrors(q: Examiner): Promise<void> {
  for (const asked of q.cases(5, loud)) {
    const { inputs, weight, bits, exponents } = asked;
    const got = q.asList(q.field(await q.call('searchExponent', { inputs, weight }, bits, exponents), 'errors'));
    q.close(got, exponentErrors(asked), {
      asked: 'errors of searchExponent(layer, bits, exponents)',
      known: [...errorMistakes.map(([slips, hint]) => [exponentErrors(asked, slips), hint] as const), ...errorsSeen(got, asked)],
      hint: 'For each α: s = (mean |x|)^α, weights times s are rounded, inputs are divided by s; the mean squared difference of the outputs.',
    });
  }
}

async function askExponent(q: Examiner): Promise<void> {
  for (const asked of q.cases(5, loud)) {
    const { inputs, weight, bits, exponents } = asked;
    const found = await q.call('searchExponent', { inputs, weight }, bits, exponents);
    const got = q.field(found, 'exponent');
    const right = searched(asked);
    const own = q.asList(q.field(found, 'errors')).map(Number);
    q.close(got, right.exponent, {
      asked: 'exponent of searchExponent(layer, bits, exponents)',
      known: [
        [
          where(got === exponents[own.indexOf(Math.min(...own))], got),
          'It is the exponent of your smallest error: the errors are what is wrong.',
        ],
        [exponents.at(-1), 'That is the last exponent of the list, not the one with the smallest error.'],
        [exponents[right.errors.indexOf(Math.max(...right.errors))], 'That exponent has the largest error, not the smallest.'],
        [right.errors.indexOf(Math.min(...right.errors)), 'That is its place in the list. Return the exponent itself.'],
        [Math.min(...right.errors), 'That is the smallest error. Return its exponent.'],
        [exponents[0], 'That is the first exponent of the list, not the one with the smallest error.'],
        [where(!exponents.includes(Number(got)), got), 'That is none of the exponents that are offered.'],
      ],
      hint: 'exponents[k], where errors[k] is the smallest error.',
    });
  }
}

export const awqQuestion: Question = question(
  'awq',
  { points: 0, bonus: 5, title: 'Loud inputs', uses: ['searchExponent'], withhold: ['awq', 'awqFactors', 'activationAwareScaling'] },
  async q => {
    await q.part('errors', { points: 3 }, () => askErrors(q));
    await q.part('exponent', { points: 2 }, () => askExponent(q));
  },
);
