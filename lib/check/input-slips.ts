import type { KnownMistakes } from './options.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An argument as it may have been taken, and what to say of it. */
interface Taken {
  readonly value: unknown;
  readonly says: string;
}

/**
 * Known mistakes of every formula: what `reference` gives for these arguments with one field in the place of another (of a record, or of all
 * records of a list), with a field that does not count (0, 1) or a truth value turned round, and for a list without its first or last element,
 * with one of them alone, or backwards. Each is told by what comes out. What `reference` has no finite number for is left out.
 */
export function inputSlips<Args extends readonly unknown[]>(reference: (...args: Args) => unknown, ...args: Args): KnownMistakes {
  return args.flatMap((arg, i) => {
    const of = (value: unknown): unknown => {
      try {
        return reference(...(args.with(i, value) as unknown as Args));
      } catch {
        return undefined;
      }
    };
    return takenFor(arg, args.length > 1 ? `argument ${i + 1}` : 'the list').flatMap(({ value, says }) => {
      const wrong = of(value);
      return typeof wrong === 'number' && Number.isFinite(wrong) ? [[wrong, says] as const] : [];
    });
  });
}

function takenFor(arg: unknown, name: string): readonly Taken[] {
  if (isFields(arg)) return fieldsOf(arg).map(({ change, says }) => ({ value: change(arg), says }));
  if (!Array.isArray(arg) || arg.length < 2) return [];
  const [first] = arg as [unknown];
  const each = arg.every(isFields) ? fieldsOf(first as Fields) : [];
  return [
    ...each.map(({ change, says }) => ({ value: (arg as readonly Fields[]).map(change), says })),
    { value: arg.slice(1), says: `Your answer is the right one for ${name} without its first element.` },
    { value: arg.slice(0, -1), says: `Your answer is the right one for ${name} without its last element.` },
    { value: arg.slice(0, 1), says: `Your answer is the right one for the first element of ${name} alone.` },
    { value: arg.slice(-1), says: `Your answer is the right one for the last element of ${name} alone.` },
    { value: arg.toReversed(), says: `Your answer is the right one for ${name} read backwards.` },
  ];
}

interface Change {
  readonly change: (record: Fields) => Fields;
  readonly says: string;
}

/** How the fields of such a record may be taken. */
function fieldsOf(record: Fields): readonly Change[] {
  const names = Object.keys(record);
  const numbers = names.filter(name => typeof record[name] === 'number');
  const put = (name: string, of: (one: Fields) => unknown): Change['change'] => {
    return one => ({ ...one, [name]: of(one) });
  };
  return [
    ...numbers.flatMap(name =>
      numbers
        .filter(other => other !== name)
        .map(other => ({
          change: put(name, one => one[other]),
          says: `That is what comes out with \`${other}\` in the place of \`${name}\`.`,
        })),
    ),
    ...numbers.flatMap(name =>
      [0, 1].map(value => ({
        change: put(name, () => value),
        says: `That is what comes out where \`${name}\` is ${value}, whatever it is.`,
      })),
    ),
    ...names
      .filter(name => typeof record[name] === 'boolean')
      .map(name => ({ change: put(name, one => !one[name]), says: `\`${name}\` is taken the other way round: true for false.` })),
  ];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
