import { type Examiner, type Question, question, type Random } from 'tinylab';

// What times of walks say about a machine's caches.

/** A walk as it was timed: its step, or the bytes that it goes over, and the time of one access. */
interface Timed {
  readonly bytes: number;
  readonly ns: number;
}

interface Walks {
  readonly walks: readonly Timed[];
  /** The line, or the first cache. */
  readonly right: number;
  /** The cache behind it. */
  readonly second: number;
}

const powers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => 2 ** (from + i));

/** Times are never twice the same: some hundredths up or down. */
const about = (rng: Random, ns: number): number => Math.round(1000 * ns * rng.uniform(0.98, 1.02)) / 1000;

/** An access costs a share of a line, from a step of a line on a whole one. */
function stepped(rng: Random): Walks {
  const right = rng.pick([16, 32, 64, 128]);
  const [near, far] = [rng.uniform(0.3, 0.8), rng.uniform(10, 30)];
  const walks = powers(2, 11).map(bytes => ({ bytes, ns: about(rng, near + far * Math.min(1, bytes / right)) }));
  return { walks, right, second: 0 };
}

/** A walk that fits into a cache finds everything there, one that does not finds nothing. */
function repeated(rng: Random): Walks {
  const right = rng.pick([8, 16, 32, 64, 128]) * 1024;
  const second = right * rng.pick([8, 16, 32]);
  const near = rng.uniform(0.5, 1.5);
  const middle = near * rng.uniform(3, 6);
  const far = middle * rng.uniform(3, 8);
  const timeOf = (bytes: number): number => (bytes <= right ? near : bytes <= second ? middle : far);
  return { walks: powers(11, 24).map(bytes => ({ bytes, ns: about(rng, timeOf(bytes)) })), right, second };
}

const copied = (walks: readonly Timed[]): Timed[] => walks.map(walk => ({ ...walk }));
const last = (walks: readonly Timed[]): Timed => walks.at(-1) as Timed;

async function askLine(q: Examiner): Promise<void> {
  for (const { walks, right } of q.cases(10, stepped))
    q.equal(q.asNumber(await q.call('lineBytes', copied(walks))), right, {
      known: [
        [right / 2, 'The step before: there the time still grows. A step of a whole line is the first that costs all of it.'],
        [2 * right, 'The step behind: the one before it costs as much already.'],
        [last(walks).bytes, 'That is the longest step. Times stop growing long before: find the first step that costs as much.'],
        [right / 4, 'Steps are in bytes already, not in numbers.'],
        [last(walks).ns, 'That is a time. Return the step, in bytes.'],
        [walks.findIndex(({ bytes }) => bytes === right), 'That is where it stands in the list. Return its bytes.'],
      ],
      hint: 'Times grow with the step until each access is on a line of its own. Return the first step whose time is about that of the longest one; a few hundredths are noise.',
    });
}

async function askCache(q: Examiner): Promise<void> {
  for (const { walks, right, second } of q.cases(10, repeated))
    q.equal(q.asNumber(await q.call('nearBytes', copied(walks))), right, {
      known: [
        [2 * right, 'That one does not fit any more: its time has jumped. Return the last one that fits.'],
        [second, 'That is the second cache. Look for the first jump, not for the last or the largest.'],
        [2 * second, 'That is where the second cache is left. Look for the first jump, and return the last walk before it.'],
        [right / 1024, 'Return bytes, not kilobytes.'],
        [last(walks).bytes, 'That is the longest walk of all. Look for the first jump.'],
        [walks.findIndex(({ bytes }) => bytes === right), 'That is where it stands in the list. Return its bytes.'],
      ],
      hint: 'All walks that fit into the first cache take about the same time for an access; the next one takes three times as much or more. Return the last before that jump.',
    });
}

export const hierarchyQuestion: Question = question(
  'hierarchy',
  { points: 3, title: 'Lines and levels', uses: ['lineBytes', 'nearBytes', 'farWhy'] },
  async q => {
    await q.part('line', { points: 1 }, () => askLine(q));
    await q.part('cache', { points: 1 }, () => askCache(q));
    await q.part('why', { points: 1 }, async () => {
      await q.sealed('farWhy', ['a', 'b', 'c', 'd']);
    });
  },
);
