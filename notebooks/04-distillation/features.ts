import { array, type Examiner, isArray, type KnownMistakes, type NDArray, normal, question, type Random } from 'tinylab';

// Questions on what lies inside of a network: hints, and maps of attention.

/** Channels of each place of maps [..., channels], row after row. */
const rowsOf = ({ shape, data }: NDArray): number[][] => {
  const channels = shape.at(-1) as number;
  return Array.from({ length: data.length / channels }, (_, i) => [...data.subarray(i * channels, (i + 1) * channels)]);
};

/** The number that a loss gave, whether as a number or as a tensor of one. */
const scalarOf = (q: Examiner, got: unknown): number => (isArray(got) && got.data.length === 1 ? (got.data[0] as number) : q.asNumber(got));

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

interface Hint {
  readonly student: NDArray;
  readonly teacher: NDArray;
  readonly kernel: NDArray;
  readonly bias: NDArray;
}

function hintCase(rng: Random, i: number): Hint {
  const [n, h, w, a, b] = [
    [2, 2, 3, 2, 3],
    [3, 1, 2, 3, 2],
    [1, 3, 2, 2, 2],
    [2, 2, 2, 1, 4],
  ][i % 4] as [number, number, number, number, number];
  const of = (name: string, ...shape: number[]): NDArray => normal(rng.split(name), shape);
  return { student: of('student', n, h, w, a), teacher: of('teacher', n, h, w, b), kernel: of('kernel', a, b), bias: of('bias', b) };
}

/** Student's channels as the regressor makes the teacher's of them, minus the teacher's. */
function gaps({ student, teacher, kernel, bias }: Hint, withBias = true): number[] {
  const weights = rowsOf(kernel);
  const [theirs, b] = [rowsOf(teacher), bias.data.length];
  return rowsOf(student).flatMap((row, place) =>
    Array.from({ length: b }, (_, j) => {
      const linear = sum(row.map((value, k) => value * ((weights[k] as number[])[j] as number)));
      return linear + (withBias ? (bias.data[j] as number) : 0) - ((theirs[place] as number[])[j] as number);
    }),
  );
}

const squares = (values: readonly number[]): number[] => values.map(v => v * v);

function hintMistakes(hint: Hint): KnownMistakes {
  const { student, teacher, bias } = hint;
  const all = squares(gaps(hint));
  const shared = Math.min(student.shape[3] as number, bias.data.length);
  const theirs = rowsOf(teacher);
  const without = rowsOf(student).flatMap((row, i) => row.slice(0, shared).map((v, k) => v - ((theirs[i] as number[])[k] as number)));
  return [
    [sum(all), 'That is the sum. Take the mean, so that the weight of this loss does not depend on how large the maps are.'],
    [sum(all) / 2, 'That is half of the sum, as the paper has it. Here it is the mean.'],
    [
      sum(all) / (student.shape[0] as number),
      'You added up over places and channels: that is a mean over the images only. Take the mean over everything.',
    ],
    [
      mean(all) * bias.data.length,
      'You added up over channels: that is a mean over images and places only. Take the mean over everything.',
    ],
    [mean(all) / 2, 'There is no ½ here: the plain mean of the squares.'],
    [
      mean(squares(without)),
      'The regressor is left out: channel by channel the maps have nothing to do with each other. First student · kernel + bias.',
    ],
    [mean(squares(gaps(hint, false))), 'The bias of the regressor is missing.'],
    [mean(all.map(Math.sqrt)), 'Those are absolute differences. Square them.'],
    [Math.sqrt(mean(all)), 'There is no root here: the mean of the squares itself.'],
    [Math.sqrt(sum(all)), 'That is the length of the difference. Here it is the mean of its squares.'],
  ];
}

const hints = question(
  'hint',
  { points: 6, title: 'A hint from inside', uses: ['hintLoss', 'whyRegressor'], withhold: ['hint'] },
  async q => {
    await q.part('loss', { points: 4 }, async () => {
      for (const one of q.cases(8, hintCase)) {
        const regressor = { kernel: q.tensor(one.kernel), bias: q.tensor(one.bias) };
        const got = scalarOf(q, await q.call('hintLoss', q.tensor(one.student), q.tensor(one.teacher), regressor));
        q.close(got, mean(squares(gaps(one))), {
          tolerance: { relative: 1e-4, absolute: 1e-5 },
          known: hintMistakes(one),
          hint: 'At each place: student · kernel + bias, minus the teacher; squared; the mean of all.',
        });
      }
    });
    await q.part('why', { points: 2 }, async () => {
      await q.choice('whyRegressor', 'b', {
        a: 'The number of parameters at the end is the same either way: the regressor is thrown away.',
        c: 'The teacher is frozen. Nothing of the student reaches it, with or without a regressor.',
        d: 'Temperature belongs to logits. Nothing is softened here.',
      });
    });
  },
);

/** A map [h, w, c] with values on both sides of 0. */
const mapCase = (rng: Random, i: number): NDArray =>
  normal(
    rng,
    [
      [2, 3, 4],
      [3, 3, 2],
      [4, 2, 3],
      [1, 4, 5],
    ][i % 4] as number[],
  );

interface AttentionSlips {
  readonly of?: (value: number) => number;
  readonly size?: (energies: readonly number[]) => number;
}

/** Σ_c A² at each place, divided by the length of all of them together. */
function attentionOf(map: NDArray, slips: AttentionSlips = {}): number[] {
  const { of = v => v * v, size = values => Math.hypot(...values) } = slips;
  const energies = rowsOf(map).map(row => sum(row.map(of)));
  const length = size(energies);
  return energies.map(energy => energy / length);
}

const asMap = ({ shape: [h = 1, w = 1] }: NDArray, values: readonly number[]): NDArray => array([h, w], values);

function mapMistakes(map: NDArray): KnownMistakes {
  const of = (slips: AttentionSlips): NDArray => asMap(map, attentionOf(map, slips));
  const kept = Math.hypot(...squares([...map.data]));
  return [
    [of({ size: () => 1 }), 'Not normalised: divide by the length of the map, the root of the sum of its squares.'],
    [of({ size: () => map.shape[2] as number }), 'Not normalised: that is the mean over channels. Divide by the length of the map.'],
    [of({ of: v => v }), 'A signed sum: activations of both signs cancel. Square them before you add up over channels.'],
    [of({ of: v => v, size: () => 1 }), 'A signed sum: activations of both signs cancel. Square them before you add up over channels.'],
    [of({ of: Math.abs }), 'Those are absolute values. Square the activations.'],
    [of({ size: sum }), 'You divided by the sum. Divide by the length: the root of the sum of squares.'],
    [
      of({ size: values => Math.max(...values) }),
      'You divided by the largest place. Divide by the length: the root of the sum of squares.',
    ],
    [of({ size: values => sum(squares(values)) }), 'The root is missing: a length is the root of the sum of squares.'],
    [
      array(
        map.shape,
        squares([...map.data]).map(v => v / kept),
      ),
      'The channels are still there. Add up over them: one number a place.',
    ],
    [array(map.shape, squares([...map.data])), 'The channels are still there. Add up over them: one number a place.'],
    [
      asMap(
        map,
        attentionOf(map, { size: () => 1 })
          .map(Math.sqrt)
          .map((v, _, all) => v / Math.hypot(...all)),
      ),
      'There is no root at each place: the sum of squares itself.',
    ],
  ];
}

function attentionLossMistakes(student: NDArray, teacher: NDArray): KnownMistakes {
  const off = (slips: AttentionSlips): number[] => {
    const theirs = attentionOf(teacher, slips);
    return attentionOf(student, slips).map((v, i) => v - (theirs[i] as number));
  };
  return [
    [mean(squares(off({ size: () => 1 }))), 'Compare the normalised maps: what attentionMap returns.'],
    [sum(squares(off({}))), 'That is the sum over places. Take the mean.'],
    [Math.hypot(...off({})), 'That is the length of the difference. Take the mean of its squares.'],
    [mean(off({}).map(Math.abs)), 'Those are absolute differences. Square them.'],
    [mean(squares(off({}))) / 2, 'There is no ½ here: the plain mean of the squares.'],
  ];
}

const attention = question(
  'attention',
  { points: 6, title: 'Where it looks', uses: ['attentionMap', 'attentionLoss'], withhold: ['attention', 'attentionMap'] },
  async q => {
    await q.part('map', { points: 4 }, async () => {
      for (const map of q.cases(8, mapCase)) {
        const got = q.asArray(await q.call('attentionMap', q.tensor(map)));
        q.close(got, asMap(map, attentionOf(map)), {
          tolerance: { relative: 1e-4, absolute: 1e-5 },
          known: mapMistakes(map),
          hint: 'Square, add up over channels, divide by the length of the whole map.',
        });
      }
    });
    await q.part('loss', { points: 2 }, async () => {
      for (const [student, teacher] of q.cases(6, (rng, i): [NDArray, NDArray] => {
        const map = mapCase(rng.split('student'), i);
        return [map, normal(rng.split('teacher'), [...map.shape.slice(0, 2), 6])];
      })) {
        const got = scalarOf(q, await q.call('attentionLoss', q.tensor(student), q.tensor(teacher)));
        const theirs = attentionOf(teacher);
        q.close(got, mean(squares(attentionOf(student).map((v, i) => v - (theirs[i] as number)))), {
          tolerance: { relative: 1e-4, absolute: 1e-6 },
          known: attentionLossMistakes(student, teacher),
          hint: 'The attention maps of both, their difference squared, the mean over places.',
        });
      }
    });
  },
);

export const featureQuestions = [hints, attention];
