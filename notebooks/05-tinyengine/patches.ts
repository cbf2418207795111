import { type Examiner, type Question, question, type Random } from 'tinylab';
import { onlyPart, simplestWrong, whatCame } from './simplest.ts';
import { type HaloSlips, halos, type Layer, outputRows, overheadOf, peakBytes, type Rows } from './stack.ts';

// The first layers of a network, patch by patch: what a patch needs, what it costs, where to stop.

/** Two to four layers; strides, kernels and paddings such that the border shows. */
function stack(rng: Random, i: number): Layer[] {
  let size = rng.int(21, 27);
  return Array.from({ length: 2 + (i % 3) }, (_, at) => {
    const kernel = at === 0 ? 3 : rng.pick([1, 3, 3, 5]);
    const stride = at === i % 2 ? 2 : 1;
    const padding = i % 4 === 3 ? 0 : (kernel - 1) / 2;
    const layer: Layer = { kernel, stride, padding, size, inputs: rng.int(2, 5), outputs: rng.int(6, 9) };
    size = outputRows(layer);
    return layer;
  });
}

const copied = (layers: readonly Layer[]): Layer[] => layers.map(layer => ({ ...layer }));

const haloSlips: readonly (readonly [HaloSlips, string])[] = [
  [{ clip: rows => rows }, 'Rows outside of the image are padding: nothing is there to be worked out. Clip at 0 and at size - 1.'],
  [{ clip: ([a, b]) => [Math.max(0, a), b] }, 'The last row of an image is size - 1: clip there too.'],
  [{ clip: ([a, b], size) => [a, Math.min(b, size - 1)] }, 'The first row of an image is 0: clip there too.'],
  [{ extra: 1 }, 'One row too many: the last row of a window of k rows is its first one + k - 1.'],
  [{ extra: -1 }, 'One row too few: the last row of a window of k rows is its first one + k - 1.'],
];

/** Which end of the rows is wrong, if it is one alone. */
async function wrongEnd(
  q: Examiner,
  cases: readonly { readonly layers: readonly Layer[]; readonly asked: Rows }[],
): Promise<string | undefined> {
  const wrong = { first: false, last: false };
  for (const { layers, asked } of cases) {
    const got = q.asList(await q.call('rowsNeeded', [...asked], copied(layers)));
    const [first, last] = halos(asked, layers).at(-1) as Rows;
    wrong.first ||= got[0] !== first;
    wrong.last ||= got[1] !== last;
  }
  return onlyPart(wrong, {
    first: 'The last row is right in every case, the first one is not: it begins at first · stride - padding, and at 0 at the least.',
    last: 'The first row is right in every case, the last one is not: it ends at last · stride - padding + kernel - 1, and at size - 1 at the most.',
  });
}

async function askRows(q: Examiner): Promise<void> {
  const cases = q.cases(10, (rng, i) => {
    const layers = stack(rng, i);
    const rows = outputRows(layers.at(-1) as Layer);
    const first = rng.pick([0, 0, rng.int(1, rows - 1)]);
    return { layers, asked: [first, rng.pick([rows - 1, rng.int(first, rows - 1)])] as const };
  });
  const says = await wrongEnd(q, cases);
  for (const { layers, asked } of cases) {
    const of = (slips?: HaloSlips, some: readonly Layer[] = layers): number[] => [...(halos(asked, some, slips).at(-1) as Rows)];
    const got = q.asList(await q.call('rowsNeeded', [...asked], copied(layers)));
    q.equal(got, of(), {
      known: [
        ...haloSlips.map(([slips, hint]) => [of(slips), hint] as const),
        [of({}, layers.toReversed()), 'Go from the last layer back to the first.'],
        [
          of(
            {},
            layers.map(layer => ({ ...layer, stride: 1 })),
          ),
          'The stride is missing: output row r begins at input row r · stride - padding.',
        ],
        [
          of(
            {},
            layers.map(layer => ({ ...layer, padding: 0 })),
          ),
          'The padding is missing: output row r begins at input row r · stride - padding.',
        ],
        [[...(halos(asked, layers)[0] as Rows)], 'Those are the rows that the last layer reads; go on to the first.'],
        ...whatCame(got, got.length === 2 && got.every((row, i) => row === of()[i]), says),
      ],
      hint: 'From the last layer to the first: [first · stride - padding, last · stride - padding + kernel - 1], clipped to 0 … size - 1.',
    });
  }
}

interface Stage {
  readonly layers: readonly Layer[];
  readonly patches: number;
}

const nearly = (got: number, right: number): boolean => Math.abs(got - right) <= 1e-6 * right;

/** The simplest stages with which it goes wrong: one layer, layers that cost the same a place, any. */
function simplestStage(q: Examiner, cases: readonly Stage[]): Promise<string | undefined> {
  const single = cases.map(({ layers, patches }) => ({ layers: layers.slice(0, 1), patches }));
  const alike = cases.map(({ layers, patches }) => ({ layers: alikeLayers(layers.length), patches }));
  return simplestWrong(
    [
      {
        cases: single,
        says: 'Wrong even for one layer, where nothing is worked out twice and the answer is 1: MACs with patches and without them count different things there.',
      },
      {
        cases: alike,
        says: 'Right for one layer, wrong for layers that follow each other: a patch needs of each layer those rows of its output that all layers behind it read.',
      },
      {
        cases,
        says: 'Right where each place of each layer costs the same, wrong elsewhere: look at what a place costs, kernel² · inputs · outputs, and at strides.',
      },
    ],
    async ({ layers, patches }) => nearly(q.asNumber(await q.call('overhead', copied(layers), patches)), overheadOf(layers, patches)),
  );
}

const alikeLayers = (count: number): Layer[] =>
  Array.from({ length: count }, () => ({ kernel: 3, stride: 1, padding: 1, size: 16, inputs: 4, outputs: 4 }));

async function askOverhead(q: Examiner): Promise<void> {
  const cases = q.cases(6, stack).map((layers, i) => ({ layers, patches: [2, 3, 2, 4, 3, 2][i] as number }));
  const says = await simplestStage(q, cases);
  for (const { layers, patches } of cases) {
    const right = overheadOf(layers, patches);
    const got = q.asNumber(await q.call('overhead', copied(layers), patches));
    q.close(got, right, {
      known: [
        ...haloSlips.map(([slips, hint]) => [overheadOf(layers, patches, slips), hint] as const),
        [right - 1, 'That is what comes on top. Return the ratio: MACs with patches over MACs without.'],
        [1 / right, 'Upside down: MACs with patches over MACs without.'],
        [
          overheadOf(
            layers.map(layer => ({ ...layer, kernel: layer.kernel, inputs: 1, outputs: 1 })),
            patches,
          ),
          'Channels are missing: a layer costs k² · inputs · outputs MACs a place.',
        ],
        [Math.sqrt(right), 'A patch has rows and columns.'],
        [right / patches ** 2, 'That is one patch. Add up all of them.'],
        ...whatCame(got, nearly(got, right), says),
      ],
      hint: 'For each patch and layer: rows · columns of the output that the layers behind it need, times k² · inputs · outputs.',
    });
  }
}

/** The network of the last part. */
export const split: readonly Layer[] = [
  { kernel: 3, stride: 2, padding: 1, size: 96, inputs: 3, outputs: 16 },
  { kernel: 3, stride: 1, padding: 1, size: 48, inputs: 16, outputs: 24 },
  { kernel: 3, stride: 2, padding: 1, size: 48, inputs: 24, outputs: 24 },
  { kernel: 3, stride: 1, padding: 1, size: 24, inputs: 24, outputs: 32 },
  { kernel: 3, stride: 2, padding: 1, size: 24, inputs: 32, outputs: 48 },
  { kernel: 3, stride: 1, padding: 1, size: 12, inputs: 48, outputs: 64 },
];
const roomBytes = 36_000;

async function askSplit(q: Examiner): Promise<void> {
  const [layers, patches] = [q.asNumber(await q.read('splitAfter')), q.asNumber(await q.read('patches'))];
  const there =
    Number.isInteger(layers) && layers >= 0 && layers <= split.length && Number.isInteger(patches) && patches >= 1 && patches <= 6;
  const asked = 'splitAfter and patches';
  const got = { splitAfter: layers, patches };
  if (!q.true(there, { asked, got, hint: 'splitAfter is 0 … 6 layers, patches 1 … 6 on a side, both whole numbers.' })) return;
  const bytes = peakBytes(split, layers, patches);
  if (
    !q.true(bytes <= roomBytes, {
      asked: `${asked}: at most ${roomBytes} bytes`,
      got: bytes,
      hint: `That takes ${bytes} bytes: it does not fit.`,
    })
  )
    return;
  const cost = (n: number, p: number): number => {
    const whole = split.map(layer => layer.kernel ** 2 * layer.inputs * layer.outputs * outputRows(layer) ** 2);
    const stage = whole.slice(0, n).reduce((a, b) => a + b, 0);
    return n === 0 ? 0 : stage * (overheadOf(split.slice(0, n), p) - 1);
  };
  const all = split
    .flatMap((_, n) => [1, 2, 3, 4, 5, 6].map(p => [n + 1, p] as const))
    .filter(([n, p]) => peakBytes(split, n, p) <= roomBytes);
  const least = Math.min(...all.map(([n, p]) => cost(n, p)));
  q.true(cost(layers, patches) <= least * (1 + 1e-9), {
    asked: `${asked}: as few MACs as fit`,
    got,
    hint: 'It fits, and another choice that fits costs fewer MACs: go through all of them.',
  });
}

export const patchQuestions: readonly Question[] = [
  question('patches', { points: 6, title: 'Patch by patch', uses: ['rowsNeeded', 'overhead'] }, async q => {
    await q.part('halo', { points: 3 }, () => askRows(q));
    await q.part('overhead', { points: 3 }, () => askOverhead(q));
  }),
  question(
    'where-to-split',
    { points: 3, title: 'Where to split', uses: ['splitAfter', 'patches'], needs: ['rowsNeeded', 'overhead'] },
    askSplit,
  ),
];
