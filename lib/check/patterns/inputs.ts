import { isArray } from '../../tensor/array.ts';
import { alike, type Comparison, numbersOf, type Pattern, written } from './comparison.ts';
import { pairsOf, ratioOf } from './values.ts';

/** A number among the arguments, and what it is called. */
export interface Given {
  readonly name: string;
  readonly value: number;
}

const places = ['first', 'second', 'third', 'fourth', 'fifth'];
/** More numbers than these are not looked at. */
const most = 14;

/** The numbers that a call was given by name or place: fields of records, plain numbers, sizes of arrays, facts of a list. */
export function givenIn(args: readonly unknown[]): readonly Given[] {
  const found: Given[] = [];
  const take = (name: string, value: unknown): void => {
    if (typeof value === 'number' || typeof value === 'boolean') found.push({ name, value: Number(value) });
    else if (isArray(value)) sizes(name, value.shape);
    else if (Array.isArray(value)) facts(name, value);
    else if (isRecord(value) && Object.keys(value).length <= most && !('nodes' in value))
      for (const [key, inner] of Object.entries(value)) take(`\`${key}\``, inner);
  };
  const sizes = (name: string, shape: readonly number[]): void => {
    for (const [axis, size] of shape.entries()) found.push({ name: `axis ${axis} of ${name}`, value: size });
    found.push({ name: `the number of values of ${name}`, value: shape.reduce((a, b) => a * b, 1) });
  };
  const facts = (name: string, list: readonly unknown[]): void => {
    found.push({ name: `the length of ${name}`, value: list.length });
    if (list.every(value => typeof value === 'number')) row(name, list);
    else if (list.length > 0 && list.every(isRecord))
      for (const key of Object.keys(list[0] as object)) {
        const field = list.map(one => one[key]);
        if (field.every(value => typeof value === 'number')) row(`\`${key}\``, field);
      }
  };
  const row = (name: string, list: readonly number[]): void => {
    if (list.length === 0) return;
    found.push({ name: `the first ${name}`, value: list[0] as number }, { name: `the last ${name}`, value: list.at(-1) as number });
    found.push({ name: `the sum of ${name}`, value: list.reduce((a, b) => a + b, 0) });
  };
  for (const [i, arg] of args.entries()) take(`the ${places[i] ?? 'last'} argument`, arg);
  return found.slice(0, most);
}

/** Texts longer than this are no names of anything. */
const longestName = 20;

/** The texts that a call was given by place, as far as they are names. */
export const textsIn = (args: readonly unknown[]): readonly { readonly name: string; readonly value: string }[] =>
  args.flatMap((value, i) =>
    typeof value === 'string' && value.length <= longestName ? [{ name: `the ${places[i] ?? 'last'} argument`, value }] : [],
  );

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** What a factor that is itself an input says. */
function factors(ratio: number, given: readonly Given[]): Pattern[] {
  return given.flatMap(({ name, value }) => {
    if (value === 0) return [];
    const told: readonly (readonly [number, string, string])[] = [
      [value, `times ${name}`, `times ${name}: that factor is there once too often, or should divide`],
      [1 / value, `by ${name}`, `divided by ${name}: that factor is missing, or should not divide`],
      [value ** 2, `times ${name}²`, `times the square of ${name}: it multiplies where it should divide, or its power is too high`],
      [1 / value ** 2, `by ${name}²`, `divided by the square of ${name}: it divides where it should multiply, or its power is too low`],
    ];
    const powers = told.filter(([factor]) => alike(ratio, factor));
    const others = given.filter(other => other.name !== name && other.value !== 0 && alike(ratio * other.value, value));
    return [
      ...powers.map(([by, key, what]) => ({ key, by, least: 3, says: `Your answer is the right one ${what}.` })),
      ...others.map(other => ({
        key: `${name} for ${other.name}`,
        by: ratio,
        least: 3,
        says: `You used ${name} where ${other.name} belongs.`,
      })),
    ];
  });
}

/** Inputs, and the product and the quotients of any two of them; 0 says nothing. */
function combined(given: readonly Given[], quotients: boolean): readonly (Given & { readonly least: number })[] {
  const some = given.filter(({ value }) => value !== 0);
  return some.flatMap((one, i) => [
    { ...one, least: 3 },
    ...some.slice(i + 1).map(other => ({ name: `${one.name} · ${other.name}`, value: one.value * other.value, least: 4 })),
    ...(quotients ? some.filter(other => other !== one) : []).map(other => ({
      name: `${one.name} / ${other.name}`,
      value: one.value / other.value,
      least: 4,
    })),
  ]);
}

/** What a difference says that is an input, or goes with one. */
function terms(by: number, given: readonly Given[]): Pattern[] {
  return combined(given, false).map(({ name, value, least }) => {
    const share = by / value;
    if (!alike(Math.abs(share), 1)) {
      const says = `What is wrong with your answer goes with ${name} (${written(share)} · ${name}): the part with ${name} is wrong, the rest is right.`;
      return { key: `goes with ${name} ${share.toPrecision(4)}`, by: value, least, says };
    }
    const [more, why] = share > 0 ? ['large', 'it is added once too often, or not taken away'] : ['small', 'it is missing, or taken away'];
    return { key: `term ${name} ${more}`, by: value, least, says: `Your answer is too ${more} by ${name}, every time: ${why}.` };
  });
}

/** What an answer says that is made of one or two inputs alone. */
function alone(got: number, given: readonly Given[]): Pattern[] {
  if (got === 0) return [];
  return combined(given, true).map(({ name, value, least }) => {
    const times = got / value;
    const says = alike(times, 1)
      ? `Your answer is ${name}, every time, and nothing else.`
      : `Your answer is ${written(times)} · ${name}, every time: nothing else counts in it.`;
    return { key: `is ${name} ${times.toPrecision(4)}`, by: value, least, says };
  });
}

/** Rows of numbers among the arguments, and in their fields. */
function rowsIn(args: readonly unknown[]): readonly { readonly name: string; readonly row: readonly number[] }[] {
  return args.flatMap((arg, i) => {
    const own = isRecord(arg) && !isArray(arg) ? Object.entries(arg).slice(0, most) : [];
    const all =
      own.length > 0 ? own.map(([key, value]) => [`\`${key}\``, value] as const) : [[`the ${places[i] ?? 'last'} argument`, arg] as const];
    return all.flatMap(([name, value]) => {
      const row = typeof value === 'object' ? numbersOf(value) : undefined;
      return row && row.length > 2 ? [{ name, row }] : [];
    });
  });
}

/** What a row of numbers says that is a multiple of a row that was given, or is wrong by one. */
function rowPatterns(pairs: readonly (readonly [number, number])[], args: readonly unknown[]): Pattern[] {
  const multiple = (values: readonly number[], row: readonly number[]): number | undefined => {
    const at = row.findIndex(value => value !== 0);
    const times = (values[at] ?? 0) / (row[at] ?? 0);
    return Number.isFinite(times) && times !== 0 && values.every((value, i) => alike(value, times * (row[i] as number)))
      ? times
      : undefined;
  };
  return rowsIn(args).flatMap(({ name, row }) => {
    if (row.length !== pairs.length) return [];
    const whole = multiple(
      pairs.map(([got]) => got),
      row,
    );
    const wrong = multiple(
      pairs.map(([got, expected]) => got - expected),
      row,
    );
    const by = (times: number): string => (alike(times, 1) ? name : `${written(times)} · ${name}`);
    return [
      ...(whole === undefined
        ? []
        : [{ key: `row ${name} ${whole.toPrecision(3)}`, says: `Your answer is ${by(whole)}, and nothing else.`, least: 1 }]),
      ...(wrong === undefined
        ? []
        : [
            {
              key: `wrong by ${name} ${wrong.toPrecision(3)}`,
              says: `Your answer is wrong by ${by(wrong)}: the part with ${name} is wrong, the rest is right.`,
              least: 1,
            },
          ]),
    ];
  });
}

/** How an answer is related to what the call was given. */
export function inputPatterns(comparison: Comparison): readonly Pattern[] {
  const pairs = pairsOf(comparison);
  if (!pairs) return [];
  const given = givenIn(comparison.args);
  const ratio = ratioOf(pairs);
  const of = ratio === undefined ? [] : factors(ratio, given);
  const [first] = pairs;
  if (pairs.length > 2) return [...rowPatterns(pairs, comparison.args), ...of];
  if (pairs.length > 1 || !first || !Number.isFinite(first[0])) return of;
  const [got, expected] = first;
  const made = alone(got, given);
  return [...of, ...made.filter(({ says }) => says.endsWith('nothing else.')), ...terms(got - expected, given), ...made];
}
