import { alike, type Comparison, numbersOf, type Pattern, written } from './comparison.ts';

type Relation = (got: number, expected: number) => boolean;

/** What a wrong number has to do with the right one, element by element: the key, the test, what it means. */
const relations: readonly (readonly [key: string, holds: Relation, says: string])[] = [
  ['nan', got => Number.isNaN(got), 'Your answer is not a number (NaN): something is missing where it is read, or 0 is divided by 0.'],
  ['infinite', got => Math.abs(got) === Number.POSITIVE_INFINITY, 'Your answer is infinite: something is divided by 0.'],
  ['not finite', got => !Number.isFinite(got), 'Your answer is infinite or not a number (NaN): something is divided by 0.'],
  [
    'unrounded',
    (got, expected) => Number.isInteger(expected) && Math.round(got) === expected && Math.abs(got - expected) < 0.5,
    'Your answer is right once it is rounded to a whole number: round it.',
  ],
  ['sign', (got, expected) => alike(got, -expected), 'Only the sign is wrong: your answer is the negative of the right one.'],
  [
    'complement',
    (got, expected) => alike(got, 1 - expected),
    'Your answer is 1 minus the right one: it tells the other part, what goes for what stays.',
  ],
  [
    'reciprocal',
    (got, expected) => (expected === 0 ? Math.abs(got) === Number.POSITIVE_INFINITY : alike(got * expected, 1)),
    'Turn it over: your answer is 1 divided by the right one.',
  ],
  [
    'square',
    (got, expected) => alike(got, expected ** 2),
    'Your answer is the square of the right one: a root is missing, or a square is too many.',
  ],
  [
    'root',
    (got, expected) => expected >= 0 && alike(got, Math.sqrt(expected)),
    'Your answer is the root of the right one: a square is missing, or a root is too many.',
  ],
  [
    'floor',
    (got, expected) => got === Math.floor(expected),
    'Your answer is the right one without its fraction: nothing should be cut off here.',
  ],
  [
    'round',
    (got, expected) => got === Math.round(expected),
    'Your answer is the right one rounded to a whole number: nothing should be rounded here.',
  ],
  ['ceil', (got, expected) => got === Math.ceil(expected), 'Your answer is the right one rounded up: nothing should be rounded here.'],
  [
    'size',
    (got, expected) => alike(Math.abs(got), Math.abs(expected)),
    'Right in size, but some signs are wrong: an absolute value is missing, or one too many.',
  ],
];

/** Relations that no right answer has by chance. */
const never: ReadonlySet<string> = new Set(['nan', 'infinite', 'not finite']);

/** Pairs of an answer's and the right number, where both have the same count of them. */
export function pairsOf({ got, expected }: Comparison): readonly (readonly [number, number])[] | undefined {
  const [a, b] = [numbersOf(got), numbersOf(expected)];
  return a && b && a.length === b.length && a.length > 0 ? a.map((value, i) => [value, b[i] as number] as const) : undefined;
}

/** Evidence that a case gives: how many different numbers it compares. */
const evidence = (pairs: readonly (readonly [number, number])[]): number => new Set(pairs.map(([, expected]) => expected)).size;

/** The one number that `of` gives for all pairs that say anything; undefined where they disagree. */
function common(
  pairs: readonly (readonly [number, number])[],
  of: (got: number, expected: number) => number | undefined,
): number | undefined {
  const found = pairs.map(([got, expected]) => of(got, expected)).filter(value => value !== undefined);
  const [first] = found;
  return first !== undefined && Number.isFinite(first) && found.every(value => alike(value, first)) ? first : undefined;
}

/** Factor between answer and right one; 0 and 0 say nothing, 0 and something that there is none. */
export const ratioOf = (pairs: readonly (readonly [number, number])[]): number | undefined =>
  common(pairs, (got, expected) => (expected === 0 ? (got === 0 ? undefined : Number.NaN) : got / expected));

const units: readonly number[] = [2, 4, 8, 10, 16, 32, 100, 1000, 1024, 1e6, 1e9];

function factor(pairs: readonly (readonly [number, number])[]): Pattern[] {
  const ratio = ratioOf(pairs);
  if (ratio === undefined || alike(ratio, 1) || ratio === 0 || alike(ratio, -1)) return [];
  const least = units.some(unit => alike(Math.abs(ratio), unit) || alike(Math.abs(ratio), 1 / unit)) || evidence(pairs) > 3 ? 2 : 3;
  const how = Math.abs(ratio) >= 1 ? `${written(ratio)} times the right one` : `the right one divided by ${written(1 / ratio)}`;
  return [{ key: `factor ${ratio.toPrecision(4)}`, says: `Your answer is ${how}, every time: look for a factor or a unit.`, least }];
}

function difference(pairs: readonly (readonly [number, number])[]): Pattern[] {
  const by = common(pairs, (got, expected) => got - expected);
  if (by === undefined || alike(by, 0)) return [];
  const says = `Your answer is ${written(Math.abs(by))} too ${by > 0 ? 'large' : 'small'}, every time.${alike(Math.abs(by), 1) ? ' Where do you begin to count, and where do you end?' : ''}`;
  return [{ key: `difference ${by.toPrecision(4)}`, says, least: alike(Math.abs(by), 1) || evidence(pairs) > 3 ? 2 : 3 }];
}

/** The same number whatever is asked. */
function always(pairs: readonly (readonly [number, number])[]): Pattern[] {
  const first = pairs[0]?.[0] as number;
  if (!pairs.every(([got]) => got === first)) return [];
  return [
    {
      key: `always ${first}`,
      says: `Your answer is ${written(first)}, whatever is asked: it does not depend on what is given.`,
      least: 2,
      by: pairs[0]?.[1],
    },
  ];
}

/** How the numbers of an answer are related to the right ones. */
export function valuePatterns(comparison: Comparison): readonly Pattern[] {
  const pairs = pairsOf(comparison);
  if (!pairs || pairs.every(([got, expected]) => alike(got, expected))) return [];
  const held = relations.filter(([, holds]) => pairs.every(([got, expected]) => holds(got, expected)));
  return [
    ...held.map(([key, , says]) => ({ key, says, least: evidence(pairs) > 2 || never.has(key) ? 1 : 2 })),
    ...always(pairs),
    ...factor(pairs),
    ...difference(pairs),
  ];
}
