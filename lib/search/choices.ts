import { LabError } from '../tensor/errors.ts';
import type { Random } from '../tensor/random.ts';
import type { Choice, Space } from './space.ts';

/** A space of named choices, which also tells what there is to choose from. */
export interface ChoiceSpace<T extends Readonly<Record<string, Choice>>> extends Space<Readonly<T>> {
  readonly values: { readonly [K in keyof T]: readonly T[K][] };
}

/**
 * One of these values. Size: their number n; encoding: one-hot [n].
 * @throws LabError `search/space` for no value, one that comes twice, or a number that is not finite.
 */
export function oneOf<const V extends Choice>(values: readonly V[]): Space<V> {
  assertValues(values);
  const [n, all] = [values.length, Object.freeze([...values])];
  const mutate: Space<V>['mutate'] = (value, rng, { rate = 1 } = {}) => {
    assertRate(rate);
    if (n === 1 || rng.next() >= rate) return value;
    return rng.pick(all.filter(other => other !== value));
  };
  return Object.freeze({
    variables: n > 1 ? 1 : 0,
    width: n,
    size: () => n,
    sample: (rng: Random) => rng.pick(all),
    contains: (candidate: unknown) => all.includes(candidate as V),
    mutate,
    crossover: (a: V, b: V, rng: Random) => (rng.next() < 0.5 ? a : b),
    encode: (value: V) => oneHot(n, placeOf(all, value)),
    candidates: () => all,
  });
}

/**
 * A candidate of each of these spaces, by name. Size: the product of theirs; encoding: theirs end to end, in the order of the names.
 * @throws LabError `search/space` when there is none.
 * @example
 * const space = product({ resolution: oneOf([32, 48]), stages: lists(choices({ kernel: [3, 5], expand: [2, 4] }), { lengths: [1, 2] }) });
 * [space.size(), space.variables]; // → [40, 6]
 */
export function product<T extends object>(parts: { readonly [K in keyof T]: Space<T[K]> }): Space<Readonly<T>> {
  const names = Object.keys(parts) as (keyof T)[];
  if (names.length === 0) throw new LabError('search/space', 'There is nothing to choose.', 'Give at least one name with its values.');
  const sum = (of: (name: keyof T) => number): number => names.reduce((total, name) => total + of(name), 0);
  const each = <K extends keyof T>(value: (name: K) => T[K]): Readonly<T> =>
    Object.freeze(Object.fromEntries(names.map(name => [name, value(name as K)]))) as Readonly<T>;
  const variables = sum(name => parts[name].variables);
  return Object.freeze({
    variables,
    width: sum(name => parts[name].width),
    size: () => names.reduce((all, name) => all * parts[name].size(), 1),
    sample: (rng: Random) => each(name => parts[name].sample(rng)),
    contains: (candidate: unknown) => isRecordOf(candidate, names) && names.every(name => parts[name].contains(candidate[name as string])),
    mutate(candidate: Readonly<T>, rng: Random, options: { readonly rate?: number } = {}) {
      const rate = options.rate ?? 1 / Math.max(1, variables);
      return each(name => parts[name].mutate(candidate[name], rng, { rate }));
    },
    crossover: (a: Readonly<T>, b: Readonly<T>, rng: Random) => each(name => parts[name].crossover(a[name], b[name], rng)),
    encode: (candidate: Readonly<T>) => endToEnd(names.map(name => parts[name].encode(candidate[name]))),
    *candidates(): Iterable<Readonly<T>> {
      for (const values of combinations(names.map(name => parts[name])))
        yield Object.freeze(Object.fromEntries(names.map((name, i) => [name, values[i]]))) as Readonly<T>;
    },
  });
}

/**
 * A value for each name: `choices({ 'conv-1': [2, 4, 8], 'conv-2': [2, 4, 8] })` are the bit widths of two layers. List values from small to large:
 * agents take neighbours for alike. Size: the product of the numbers of values; encoding: one-hot, end to end.
 * @throws LabError `search/space` for no name, and as `oneOf`.
 * @example
 * const space = choices({ bits: [2, 4, 8], signed: [true, false] });
 * [space.size(), [...space.encode({ bits: 4, signed: true })]]; // → [6, [0, 1, 0, 1, 0]]
 */
export function choices<T extends Readonly<Record<string, Choice>>>(values: { readonly [K in keyof T]: readonly T[K][] }): ChoiceSpace<T> {
  const parts = Object.fromEntries(Object.entries<readonly Choice[]>(values).map(([name, list]) => [name, oneOf(list)]));
  return Object.freeze({ ...(product(parts) as unknown as Space<Readonly<T>>), values });
}

/** Every way to take a candidate of each space; the last changes fastest. */
export function* combinations(spaces: readonly Space<unknown>[]): Iterable<readonly unknown[]> {
  const [first, ...rest] = spaces;
  if (!first) {
    yield [];
    return;
  }
  for (const candidate of first.candidates()) for (const others of combinations(rest)) yield [candidate, ...others];
}

export function endToEnd(codes: readonly Float64Array[]): Float64Array {
  return Float64Array.from(codes.flatMap(code => [...code]));
}

export function oneHot(length: number, place: number): Float64Array {
  const code = new Float64Array(length);
  code[place] = 1;
  return code;
}

/**
 * Where a value stands among those of a space.
 * @throws LabError `search/candidate`.
 */
export function placeOf<V extends Choice>(values: readonly V[], value: V): number {
  const place = values.indexOf(value);
  if (place >= 0) return place;
  throw new LabError('search/candidate', `${String(value)} is not in the space.`, `One of ${values.slice(0, 12).join(', ')} is.`);
}

/** @throws LabError `search/rate`. */
export function assertRate(rate: number): void {
  if (rate >= 0 && rate <= 1) return;
  throw new LabError('search/rate', `A rate of mutation is a probability, 0–1; got ${rate}.`, 'One change on average is 1 / variables.');
}

function assertValues(values: readonly Choice[]): void {
  const refuse = (what: string): never => {
    throw new LabError('search/space', `A choice ${what}.`, 'List each value once, such as [2, 4, 8].');
  };
  if (values.length === 0) refuse('needs at least one value');
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) refuse(`lists ${twice} twice`);
  if (values.some(value => typeof value === 'number' && !Number.isFinite(value)))
    refuse(`is among finite numbers; got ${values.join(', ')}`);
}

function isRecordOf(candidate: unknown, names: readonly PropertyKey[]): candidate is Record<string, unknown> {
  if (typeof candidate !== 'object' || candidate === null) return false;
  return Object.keys(candidate).length === names.length && names.every(name => Object.hasOwn(candidate, name));
}
