import { array, type KnownMistakes, type NDArray, normal, question, type Random } from 'tinylab';

// The question on a net that is trained inside of wider ones.

interface Wide {
  readonly kernel: NDArray;
  readonly base: { readonly inputs: number; readonly outputs: number };
}

const wideCase = (rng: Random, i: number): Wide => {
  const [size, inputs, outputs, wideIn, wideOut] = [
    [1, 2, 3, 4, 6],
    [3, 1, 2, 1, 6],
    [3, 2, 4, 5, 7],
    [1, 3, 2, 9, 8],
  ][i % 4] as [number, number, number, number, number];
  return { kernel: normal(rng, [size, size, wideIn, wideOut]), base: { inputs, outputs } };
};

interface Cut {
  readonly inputs: number;
  readonly outputs: number;
  readonly from?: readonly [number, number];
  readonly step?: readonly [number, number];
}

const upTo = (count: number): number[] => [...new Array(count).keys()];

/** The kernel's input and output channels from `from` on, each `step`-th. */
function cutOf(kernel: NDArray, { inputs, outputs, from = [0, 0], step = [1, 1] }: Cut): NDArray {
  const [rows = 1, columns = 1, wideIn = 1, wideOut = 1] = kernel.shape;
  const at = (place: number, a: number, b: number): number =>
    kernel.data[(place * wideIn + from[0] + a * step[0]) * wideOut + from[1] + b * step[1]] as number;
  const kept = upTo(rows * columns).flatMap(place => upTo(inputs).flatMap(a => upTo(outputs).map(b => at(place, a, b))));
  return array([rows, columns, inputs, outputs], kept);
}

function cutMistakes({ kernel, base }: Wide): KnownMistakes {
  const [height = 1, width = 1, wideIn = 1, wideOut = 1] = kernel.shape;
  const { inputs, outputs } = base;
  const right = cutOf(kernel, base);
  return [
    [kernel, 'That is the kernel of the wide net: the augmented part must stay behind. Keep the base’s channels only.'],
    [
      cutOf(kernel, { inputs: wideIn, outputs }),
      'The input channels of the augmented part are still there. They come from channels that the base lacks.',
    ],
    [cutOf(kernel, { inputs, outputs: wideOut }), 'The output channels of the augmented part are still there.'],
    [cutOf(kernel, { ...base, from: [wideIn - inputs, wideOut - outputs] }), 'Those are the last channels. The base is in the first ones.'],
    [
      cutOf(kernel, { ...base, step: [Math.floor(wideIn / inputs), Math.floor(wideOut / outputs)] }),
      'Those are channels with gaps between them. The base is in the first ones.',
    ],
    [
      array(right.shape, [...kernel.data.subarray(0, right.data.length)]),
      'Those are the first numbers, not the first channels: rows of the wide kernel are longer than the base’s.',
    ],
    [
      array(
        right.shape,
        [...right.data].map(v => (v * wideIn) / inputs),
      ),
      'Nothing is scaled: the base was trained alone as well, with just these numbers.',
    ],
    [
      array([height, width, outputs, inputs], [...right.data]),
      'Input and output channels have changed places: a kernel is [height, width, inputs, outputs].',
    ],
  ];
}

export const augmentedQuestion = question(
  'augmented',
  { points: 6, title: 'A net inside of wider ones', uses: ['exportBase', 'augmentedCost', 'fairRival'] },
  async q => {
    await q.part('export', { points: 4 }, async () => {
      for (const one of q.cases(8, wideCase))
        q.equal(q.asArray(await q.call('exportBase', one.kernel, one.base)), cutOf(one.kernel, one.base), {
          known: cutMistakes(one),
          hint: 'At each place of the kernel the first inputs and the first outputs, in their order.',
        });
    });
    await q.part('what', { points: 2 }, async () => {
      await q.choice('augmentedCost', 'a', {
        b: 'The wide net is not shipped: its channels are cut away, and with them their work.',
        c: 'What is shipped is the base, with the parameters that it had from the beginning.',
      });
      await q.choice('fairRival', 'c', {
        a: 'A step of NetAug computes two nets. With as many steps it has had more than twice the work.',
        b: 'The wide net is another product. It costs several times as much wherever it runs.',
      });
    });
  },
);
