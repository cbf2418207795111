import { type Examiner, type Question, question } from 'tinylab';

// A depthwise convolution that writes over its own input.

/** What a slot holds. */
type Held = `input ${number}` | `output ${number}` | 'nothing';

interface Move {
  readonly op: string;
  readonly channel: number;
  readonly from: number;
  readonly to: number;
}

/** Carries out the moves on C + 1 slots; a text says what went wrong. */
export function carriedOut(moves: readonly Move[], channels: number): string | undefined {
  const slots: Held[] = Array.from({ length: channels + 1 }, (_, c): Held => (c < channels ? `input ${c}` : 'nothing'));
  for (const [i, { op, channel, from, to }] of moves.entries()) {
    const at = `Move ${i + 1}`;
    const slot = (s: unknown): boolean => Number.isInteger(s) && (s as number) >= 0 && (s as number) <= channels;
    if (!slot(from) || !slot(to)) return `${at} names a slot that is not there: the slots are 0 … ${channels}.`;
    if (op === 'copy') slots[to] = slots[from] as Held;
    else if (op !== 'filter') return `${at}: op is 'filter' or 'copy'.`;
    else if (slots[from] === 'nothing') return `${at} filters what is not there yet: slot ${from} holds nothing.`;
    else if (slots[from] !== `input ${channel}`)
      return `${at} filters channel ${channel} in slot ${from}, which holds ${slots[from]} by then: it was overwritten before use, or lies elsewhere.`;
    else if (from === to)
      return `${at} filters a slot into itself: a filter reads neighbours, and those already written are lost to the next places.`;
    else slots[to] = `output ${channel}`;
  }
  const wrong = slots.slice(0, channels).findIndex((held, c) => held !== `output ${c}`);
  return wrong < 0 ? undefined : `At the end slot ${wrong} holds ${slots[wrong]}; it should hold output ${wrong}.`;
}

/** The move that a record of the student is; any other value ends the part. */
function asMove(q: Examiner, value: unknown): Move {
  const [channel, from, to] = ['channel', `from`, 'to'].map(name => q.asNumber(q.field(value, name))) as [number, number, number];
  return { op: String(q.field(value, 'op')), channel, from, to };
}

async function askMoves(q: Examiner): Promise<void> {
  for (const channels of [1, 2, 3, 5, q.rng.int(7, 12)]) {
    const got = q.asList(await q.call('inPlaceMoves', channels));
    const fault = carriedOut(
      got.map(move => asMove(q, move)),
      channels,
    );
    q.true(fault === undefined, { asked: `inPlaceMoves(${channels}), carried out`, hint: fault, got });
    const most = 2 * channels;
    q.true(got.length <= most, {
      asked: `inPlaceMoves(${channels}): at most ${most} moves`,
      hint: `${most} are enough: filter each channel once, copy each once.`,
      got: got.length,
    });
  }
}

async function askPeak(q: Examiner): Promise<void> {
  const images = q.cases(5, rng => ({ height: rng.int(3, 9), width: rng.int(10, 15), channels: rng.int(4, 9) }));
  for (const { height, width, channels } of images)
    for (const inPlace of [false, true]) {
      const plane = height * width;
      q.equal(
        q.asNumber(await q.call('peakBytes', { height, width, channels }, inPlace)),
        plane * (inPlace ? channels + 1 : 2 * channels),
        {
          known: [
            [plane * channels, 'That is the input alone. Something else is there while the layer runs.'],
            [plane * (inPlace ? 2 * channels : channels + 1), 'The two cases have changed places.'],
            [inPlace ? plane * channels + 1 : -1, 'One slot more is a whole channel, height · width bytes, not one byte.'],
            [inPlace ? plane * (channels + 2) : -1, 'One free slot is enough.'],
          ],
          hint: inPlace ? 'All slots: (C + 1) · H · W bytes.' : 'Input and output, both at the same time: 2 · H · W · C bytes.',
        },
      );
    }
}

export const inPlaceQuestion: Question = question(
  'in-place',
  { points: 6, title: 'Over its own input', uses: ['inPlaceMoves', 'peakBytes', 'notInPlace'] },
  async q => {
    await q.part('moves', { points: 3 }, () => askMoves(q));
    await q.part('peak', { points: 2 }, () => askPeak(q));
    await q.part('why', { points: 1 }, async () => {
      await q.choice('notInPlace', 'c', {
        a: 'Stored integers have 8 bits in both, whatever the kernel.',
        b: 'Places are filtered one after the other in both. What differs is which channels an output needs.',
        d: 'Weights lie in flash, and are never overwritten.',
      });
    });
  },
);
