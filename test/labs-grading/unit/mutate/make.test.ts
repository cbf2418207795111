import { describe, expect, it } from 'vitest';
import { madeOf } from '../../../../labs-grading/mutate/make.ts';
import { operators } from '../../../../labs-grading/mutate/operators/all.ts';

/** The changed piece of every answer that one rule makes. */
const made = (operator: string, source: string): string[] =>
  [...(madeOf('q', source, 1).get(operator) ?? [])].map(({ answer }) => answer).sort();

/** Each rule with an answer, and one of the wrong ones that it must make of it. */
const examples: readonly (readonly [operator: string, right: string, wrong: string])[] = [
  ['off by one', 'f(a[i]);', 'f(a[i + 1]);'],
  ['off by one', 'for (let i = 0; i < n; i++) g();', 'for (let i = 0; i < n - 1; i++) g();'],
  ['axis swapped', 'f(x.shape[3]);', 'f(x.shape[2]);'],
  ['axis swapped', 'gather(x, 1, keep);', 'gather(x, 0, keep);'],
  ['axis swapped', 'f(d[row * columns + c]);', 'f(d[c * columns + row]);'],
  ['sign', 'f(-x);', 'f(x);'],
  ['comparison turned', 'f(a < b);', 'f(a > b);'],
  ['comparison widened or narrowed', 'f(a < b);', 'f(a <= b);'],
  ['constant changed', 'f(0.9);', 'f(0.1);'],
  ['arithmetic operator', 'f(a + b);', 'f(a - b);'],
  ['order of arguments', 'f(a, b);', 'f(b, a);'],
  ['early return', 'for (const x of xs) g(x);', 'for (const x of xs) { g(x);\nbreak;\n}'],
  ['missing await', 'f(await g());', 'f(g());'],
  ['input changed in place', 'f(x.toSorted());', 'f(x.sort());'],
  ['dropped term', 'f(a * b);', 'f(b);'],
  ['minimum for maximum', 'f(Math.max(a, b));', 'f(Math.min(a, b));'],
  ['rounding', 'f(Math.floor(a));', 'f(Math.ceil(a));'],
  ['whole for broken numbers', 'Float32Array.from(x);', 'Int32Array.from(x);'],
  ['unit', 'const f = (a) => a;', 'const f = (a) => a / 1024;'],
  ['empty or single element', 'xs.map(f);', 'xs.slice(0, 1).map(f);'],
  ['wrong name of a layer or parameter', 'f(x.gamma, x.beta);', 'f(x.beta, x.beta);'],
  ['stale variable', 'const f = (a, b) => g(a, b);', 'const f = (a, b) => g(a, a);'],
  ['negated condition', 'f(a === b);', 'f(a !== b);'],
  ['swapped branches', 'f(a ? 1 : 2);', 'f(a ? 2 : 1);'],
  ['dropped statement', 'f(); g();', '; g();'],
  ['statements in another order', '{ f(); g(); }', '{ g();\nf(); }'],
  ['dropped step', 'f(x.sort());', 'f(x);'],
  ['sum overwritten', 'a += b;', 'a = b;'],
  ['square, root or absolute value', 'f(Math.sqrt(a));', 'f(a);'],
  ['begun once for all rounds', 'for (;;) {\n  let s = 0;\n  f(s);\n}', '{\nlet s = 0;\nfor (;;) {\n  \n  f(s);\n}\n}'],
  ['another option', "const answer = 'b';", "const answer = 'a';"],
];

describe('wrong answers made by rule', () => {
  it.each(examples)('%s: %s', (operator, right, wrong) => {
    expect(made(operator, right)).toContain(wrong);
  });

  it('has an example here of every rule', () => {
    expect([...new Set(examples.map(([operator]) => operator))].sort()).toEqual(operators.map(({ name }) => name).sort());
    expect(operators.length).toBeGreaterThanOrEqual(18);
  });

  it('changes what a student writes and nothing else, once, and says which lines', () => {
    const source = 'function f(a: number) {\n  // ### BEGIN SOLUTION\n  return a + 1;\n  // ### END SOLUTION\n}\nconst given = 2 + 3;';
    const all = [...madeOf('q', source, 1).values()].flat();
    expect(all.length).toBeGreaterThan(5);
    expect(new Set(all.map(({ answer }) => answer)).size).toBe(all.length);
    for (const { answer, diff } of all) {
      expect(answer).toContain('const given = 2 + 3;');
      expect(answer).not.toContain('###');
      expect(diff).toMatch(/^- {3}return a \+ 1;\n\+ /);
    }
  });

  it('draws by the seed', () => {
    const order = (seed: number): string[] =>
      (madeOf('q', 'f(1 + 2 + 3 + 4 + 5);', seed).get('constant changed') ?? []).map(({ answer }) => answer);
    expect(order(1)).toEqual(order(1));
    expect(order(2)).not.toEqual(order(1));
    expect([...order(2)].sort()).toEqual([...order(1)].sort());
  });

  it('changes the text of a loop as it changes the cell, within what a student writes', () => {
    const text = (bound: string, begin: string): string =>
      `const loop = \`\nexport function sum(a: F32s, n: i32): f32 {\n  // ### BEGIN SOLUTION\n  let s: f32 = ${begin};\n  for (let i = 0; i < ${bound}; i++) s += a[i];\n  return s;\n  // ### END SOLUTION\n}\`;`;
    const plain = (source: string): string => source.replace(/ {2}\/\/ ###.*\n/g, '');
    expect(made('off by one', text('n', '0'))).toContain(plain(text('n - 1', '0')));
    expect(made('sum overwritten', text('n', '0'))).toEqual([plain(text('n', '0')).replace('+=', '=')]);
    const all = [...madeOf('q', text('n', '0'), 1).values()].flat();
    expect(all.length).toBeGreaterThan(8);
    for (const { answer, diff } of all) {
      expect(answer).toContain('export function sum(a: F32s, n: i32): f32 {');
      expect(diff).toMatch(/^- /);
    }
  });

  it('changes a text that is put together, but for what is put in', () => {
    const text = (a: string): string =>
      `const rest = '+';\nconst loop = \`export function f(\${rest}): void { a[0] = ${a}; \${rest} }\${rest}\`;`;
    expect(made('arithmetic operator', text('1 + 2'))).toEqual(expect.arrayContaining([text('1 - 2'), text('1 * 2')]));
    const all = [...madeOf('q', text('1 + 2'), 1).values()].flat();
    for (const { answer } of all) expect(answer.match(/\$\{rest\}/g)).toHaveLength(3);
  });

  it.each([
    ['has escapes', 'const loop = `export function f(a: F32s): void { /* \\u0041 */ a[0] = 1 + 2; }`;'],
    ['is no loop', 'const text = `1 + 2`;'],
  ])('leaves a text alone that %s', (_what, source) => {
    expect(made('arithmetic operator', source)).toEqual([]);
  });
});
