import fc from 'fast-check';

/** Values that JSON can carry and that code tends to trip over. */
export const hostileAtom: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      false,
      0,
      -0,
      1,
      -1,
      4,
      0.5,
      1e308,
      5e-324,
      2 ** 53,
      2 ** 31,
      -(2 ** 31),
      '',
      '\0',
      '\u202e',
      '\ud800',
      '../..',
      '__proto__',
      'constructor',
      'toString',
    ],
    ...['code', 'markdown', 'add', 'add-check', 'NaN', 'Infinity', '$&', 'x'.repeat(1_000), [], {}],
  ),
  fc.string({ maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const hostileKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'id',
  'cells',
  'source',
  'metadata',
  'nbgrader',
  'grade_id',
  'kind',
  'items',
  'entries',
  'ok',
  'value',
  'callback',
  'args',
  '',
);

/** One change to a JSON value: which part (counted over all parts), and what becomes of it. */
interface Change {
  readonly part: number;
  readonly how: 'replace' | 'delete' | 'wrap' | 'repeat' | 'add';
  readonly key: string;
  readonly atom: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  part: fc.nat(),
  how: fc.constantFrom('replace' as const, 'delete' as const, 'wrap' as const, 'repeat' as const, 'add' as const),
  key: hostileKey,
  atom: hostileAtom,
});

/** Entries of records are lists here, so that a `__proto__` key is one like any other. */
type Tree = { readonly record: [string, Tree][] } | { readonly list: Tree[] } | { readonly leaf: unknown };

function grow(value: unknown): Tree {
  if (Array.isArray(value)) return { list: value.map(grow) };
  if (typeof value === 'object' && value !== null) return { record: Object.entries(value).map(([key, item]) => [key, grow(item)]) };
  return { leaf: value };
}

function textOf(tree: Tree): string {
  if ('list' in tree) return `[${tree.list.map(textOf).join()}]`;
  if ('record' in tree) return `{${tree.record.map(([key, item]) => `${JSON.stringify(key)}:${textOf(item)}`).join()}}`;
  return JSON.stringify(tree.leaf) ?? 'null';
}

/** The lists and records of a tree: every part lies in one of them. */
function branches(tree: Tree): (Extract<Tree, { list: unknown }> | Extract<Tree, { record: unknown }>)[] {
  if ('leaf' in tree) return [];
  const below = 'list' in tree ? tree.list : tree.record.map(([, item]) => item);
  return [tree, ...below.flatMap(branches)];
}

function apply(tree: Tree, { part, how, key, atom }: Change): void {
  const all = branches(tree);
  const branch = all[part % Math.max(1, all.length)];
  if (!branch) return;
  const items: unknown[] = 'list' in branch ? branch.list : branch.record;
  const at = Math.floor(part / all.length) % Math.max(1, items.length);
  const made = (item: Tree): unknown => ('list' in branch ? item : [key, item]);
  if (how === 'add' || items.length === 0) items.splice(at, 0, made(grow(atom)));
  else if (how === 'delete') items.splice(at, 1);
  else if (how === 'repeat') items.splice(at, 0, structuredClone(items[at]));
  else if ('list' in branch) branch.list[at] = how === 'wrap' ? { list: [branch.list[at] as Tree] } : grow(atom);
  else {
    const [name, item] = branch.record[at] as [string, Tree];
    branch.record[at] = [part % 3 === 0 ? key : name, how === 'wrap' ? { record: [[key, item]] } : grow(atom)];
  }
}

/** JSON text of one of these values with a few hostile changes, and sometimes cut short. */
export const mutated = (values: readonly unknown[]): fc.Arbitrary<string> =>
  fc
    .record({
      value: fc.constantFrom(...values),
      changes: fc.array(change, { minLength: 1, maxLength: 6 }),
      cut: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 2, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }),
    })
    .map(({ value, changes, cut }) => {
      const tree = grow(value);
      for (const one of changes) apply(tree, one);
      const text = textOf(tree);
      return text.slice(0, Math.floor(cut * text.length));
    });
