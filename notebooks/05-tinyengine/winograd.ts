import { type Examiner, inputSlips, type Question, question, type Random } from 'tinylab';

// Winograd's F(2×2, 3×3): four outputs of a 3×3 convolution with sixteen products.

type Matrix = readonly (readonly number[])[];
type Row = (values: readonly number[]) => number[];

const turned = (m: Matrix): number[][] => (m[0] ?? []).map((_, j) => m.map(row => row[j] as number));

/** A transform of rows, applied to the columns too. */
const twice = (row: Row, m: Matrix): number[][] => turned(turned(m.map(row)).map(row));

const ofFilter: Row = ([a = 0, b = 0, c = 0]) => [a, (a + c + b) / 2, (a + c - b) / 2, c];
const ofInput: Row = ([a = 0, b = 0, c = 0, d = 0]) => [a - c, c + b, c - b, b - d];
const inputTurned: Row = ([a = 0, b = 0, c = 0, d = 0]) => [a, b - c + d, c + b - a, -d];
const ofOutput: Row = ([a = 0, b = 0, c = 0, d = 0]) => [a + c + b, b - d - c];

const elementwise = (a: Matrix, b: Matrix): number[][] => a.map((row, i) => row.map((v, j) => v * (b[i]?.[j] as number)));

/** A 2×2 tile of the convolution, from its 4×4 inputs and its transformed filter. */
const tile = (d: Matrix, u: Matrix, input: (d: Matrix) => Matrix = m => twice(ofInput, m)): number[][] =>
  twice(ofOutput, elementwise(u, input(d)));

const whole = (rng: Random, rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.int(-9, 10)));

interface Image {
  readonly rows: number;
  readonly columns: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Products of all tiles of an image's outputs. */
const tileProducts = ({ rows, columns, inputs, outputs }: Image, parts: (n: number) => number = n => Math.ceil(n / 2)): number =>
  16 * parts(rows) * parts(columns) * inputs * outputs;

const image = (rng: Random, i: number): Image => ({
  rows: i === 0 ? 14 : rng.pick([5, 7, 9, 13]),
  columns: i === 0 ? 10 : rng.pick([6, 11, 15]),
  inputs: rng.int(2, 6),
  outputs: rng.int(7, 10),
});

async function askFilter(q: Examiner): Promise<void> {
  for (const g of q.cases(5, rng => whole(rng, 3, 3))) {
    const got = q.asList(await q.call('transformFilter', g));
    const square = got.length === 4 && got.every(row => Array.isArray(row) && row.length === 4);
    q.close(got, twice(ofFilter, g), {
      known: [
        [turned(twice(ofFilter, g)), 'Rows and columns have changed places.'],
        [
          square ? undefined : got,
          'The transformed filter has 4 rows and 4 columns: on the left stands G (4×3), on the right its transpose (3×4).',
        ],
        [twice(row => ofFilter(row).map(v => 2 * v), g), 'G has halves in its middle rows.'],
      ],
      hint: 'U = G · g · Gᵀ.',
    });
  }
}

async function askTile(q: Examiner): Promise<void> {
  const onlyOne = 'Bᵀ · d · B transforms the columns and the rows of d; yours has one of both.';
  for (const [d, g] of q.cases(6, rng => [whole(rng, 4, 4), whole(rng, 3, 3)] as const)) {
    const u = twice(ofFilter, g);
    q.close(await q.call('convolveTile', d, u), tile(d, u), {
      known: [
        [tile(d, u, m => twice(inputTurned, m)), 'The input is transformed by Bᵀ · d · B: Bᵀ on the left. You have B · d · Bᵀ.'],
        [twice(ofOutput, twice(ofInput, d)), 'The transformed filter u is missing: multiply element by element before Aᵀ · … · A.'],
        [twice(ofOutput, u), 'The inputs are missing: multiply u element by element with Bᵀ · d · B.'],
        [twice(ofOutput, elementwise(u, u)), 'The inputs are missing: multiply u element by element with Bᵀ · d · B.'],
        [
          twice(
            ofOutput,
            u.map((row, i) => row.map((v, j) => v + (twice(ofInput, d)[i]?.[j] as number))),
          ),
          'You add u: ⊙ multiplies element by element.',
        ],
        [twice(ofOutput, elementwise(turned(u), twice(ofInput, d))), 'Rows and columns of u have changed places.'],
        [tile(d, u, m => m), 'The input is not transformed yet: Bᵀ · d · B.'],
        [tile(d, u, m => m.map(ofInput)), onlyOne],
        [tile(d, u, m => turned(turned(m).map(ofInput))), onlyOne],
        [turned(tile(d, u)), 'Rows and columns of the result have changed places.'],
      ],
      hint: 'Y = Aᵀ · [U ⊙ (Bᵀ · d · B)] · A, where ⊙ multiplies element by element.',
    });
  }
}

/** Known mistakes in how many tiles lie along one of the sides. */
const oneSide = (one: Image): (readonly [number, string])[] =>
  (['rows', 'columns'] as const).flatMap(side => {
    const n = Math.ceil(one[side] / 2);
    const of = (tiles: number): number => (tileProducts(one) / n) * tiles;
    return [
      [of(Math.floor(one[side] / 2)), `The last tile is missing where \`${side}\` is odd: it is cut, and costs as much.`],
      [of(one[side] / 2), `Round the number of tiles along \`${side}\` up: a tile that is cut costs as much.`],
      [of(one[side]), `A tile covers two ${side}, not one.`],
      [of(Math.ceil(one[side] / 4)), `A tile covers two ${side}, not four.`],
      [of(n - 1), `One tile along \`${side}\` is missing.`],
      [of(n + 1), `There is one tile too many along \`${side}\`.`],
    ] as const;
  });

async function askProducts(q: Examiner): Promise<void> {
  for (const one of q.cases(6, image)) {
    const { rows, columns, inputs, outputs } = one;
    q.equal(q.asNumber(await q.call('products', { ...one })), tileProducts(one), {
      known: [
        [9 * rows * columns * inputs * outputs, 'Those are the products of the direct convolution: 9 for each output and input channel.'],
        [
          tileProducts(one, n => Math.floor(n / 2)),
          'An odd row or column of outputs is left out: the last tile is cut, and costs as much.',
        ],
        [tileProducts(one, n => n / 2), 'A tile costs 16 products even where the image ends inside of it: round the number of tiles up.'],
        [tileProducts(one) / inputs, 'The input channels are missing: each has a tile of its own.'],
        [tileProducts(one) / outputs, 'The output channels are missing.'],
        [tileProducts(one, n => n), 'A tile gives 2 × 2 outputs, not one.'],
        [tileProducts({ ...one, rows: 2 }), 'The rows are missing: a tile covers two of them.'],
        [tileProducts({ ...one, columns: 2 }), 'The columns are missing: a tile covers two of them.'],
        ...oneSide(one),
        ...inputSlips((image: Image) => tileProducts(image), one),
      ],
      hint: '16 for each tile, input channel and output channel; a tile gives 2 × 2 outputs.',
    });
  }
}

export const winogradQuestion: Question = question(
  'winograd',
  { points: 6, title: 'Winograd: fewer products', uses: ['transformFilter', 'convolveTile', 'products'] },
  async q => {
    await q.part('filter', { points: 2 }, () => askFilter(q));
    await q.part('tile', { points: 2 }, () => askTile(q));
    await q.part('products', { points: 2 }, () => askProducts(q));
  },
);
