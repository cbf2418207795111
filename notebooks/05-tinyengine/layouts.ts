import { type Question, question, type Random } from 'tinylab';

// Where an element of an image stack lies in memory.

type Axis = 'n' | 'h' | 'w' | 'c';

/** A number for each axis: how long it is, or where on it. */
export type Axes = Readonly<Record<Axis, number>>;

const orders = ['NHWC', 'NCHW', 'CHWN'] as const;
type Order = (typeof orders)[number];

/** The place of an element where axes follow each other as `order` says, the last one fastest. */
export const placeOf = (order: string, size: Axes, at: Axes): number =>
  [...order.toLowerCase()].reduce((place, axis) => place * size[axis as Axis] + at[axis as Axis], 0);

interface Asked {
  readonly order: Order;
  readonly size: Axes;
  readonly at: Axes;
}

/** Four lengths of which no two are alike, and an element that is not the first on any axis but perhaps the image's. */
function asked(rng: Random, i: number): Asked {
  const [n, h, w, c] = rng.pick([
    [2, 5, 7, 3],
    [3, 4, 6, 5],
    [4, 7, 3, 6],
    [5, 3, 8, 2],
  ]) as [number, number, number, number];
  const within = (length: number): number => rng.int(1, length - 1);
  return {
    order: orders[i % 3] as Order,
    size: { n, h, w, c },
    at: { n: within(n), h: within(h), w: within(w), c: within(c) },
  };
}

const backwards = (order: string): string => [...order].reverse().join('');

/** Known mistakes of one place. */
function placeMistakes({ order, size, at }: Asked): [number, string][] {
  const others = orders.filter(other => other !== order);
  return [
    ...others.map((other): [number, string] => [
      placeOf(other, size, at),
      `That is the place in ${other}. The letters say the order of the axes, the slowest first: ${order}.`,
    ]),
    [
      placeOf(backwards(order), size, at),
      'You let the first letter move fastest. The last letter of the layout is the one whose elements are neighbours.',
    ],
    [placeOf(order, { ...size, h: size.w, w: size.h }, at), 'Height and width have changed places: a row has w columns, a column h rows.'],
    [
      placeOf(order, { ...size, n: size.c, c: size.n }, at),
      'Images and channels have changed places in the lengths: an index of an axis is multiplied by the lengths of the axes behind it.',
    ],
    [placeOf(order, size, { ...at, n: 0 }), 'The image is left out: with more than one of them, n counts too.'],
    [placeOf(order, size, { ...at, c: 0 }), 'The channel is left out.'],
    [4 * placeOf(order, size, at), 'That is a place in bytes of 32-bit numbers. Count elements.'],
    [placeOf(order, size, at) + 1, 'Places count from 0.'],
  ];
}

export const layoutQuestion: Question = question(
  'layouts',
  { points: 5, title: 'Layouts', uses: ['offset', 'pointwise', 'depthwise'] },
  async q => {
    await q.part('place', { points: 3 }, async () => {
      for (const one of q.cases(12, asked)) {
        const { order, size, at } = one;
        // what a student's function does to its arguments is its own affair
        const got = q.asNumber(await q.call('offset', order, { ...size }, { ...at }));
        q.equal(got, placeOf(order, size, at), {
          known: placeMistakes(one),
          hint: 'From the first letter to the last: multiply what you have by the length of the axis, and add the index on it.',
        });
      }
    });
    await q.part('which', { points: 2 }, async () => {
      await q.choice('pointwise', 'a', {
        b: 'A 1×1 convolution adds up all channels of one place. In NCHW two of them lie h · w elements apart, each on another line of the cache.',
        c: 'There is one image at a time on a microcontroller: n = 1, and CHWN has the neighbours of NCHW then.',
      });
      await q.choice('depthwise', 'b', {
        a: 'A depthwise filter sees one channel at many places. In NHWC two of them lie c elements apart, and most of each line of the cache is of other channels.',
        c: 'With several images CHWN puts the images between the places of a channel.',
      });
    });
  },
);
