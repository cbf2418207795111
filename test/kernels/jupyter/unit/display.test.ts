import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCodePoints, toCodeUnits } from '../../../../kernels/jupyter/answers/offsets.ts';
import { createCellExecutor } from '../../../../kernels/jupyter/execute.ts';
import { toBundle } from '../../../../kernels/jupyter/format.ts';
import { createHistory } from '../../../../kernels/jupyter/session/history.ts';
import { createOutput, textLimit } from '../../../../kernels/jupyter/session/output.ts';
import { decode, encode } from '../../../../kernels/jupyter/wire/message.ts';
import { cellCompiler, folder, lastOf } from './cells.ts';

test('arrays show shape, dtype, range, mean and the first values', async () => {
  const data = Float32Array.from([1, -2, 3, Number.NaN]);
  expect(await toBundle({ shape: [2, 2], dtype: 'float32', data })).toEqual({
    'text/plain': 'Array float32 [2, 2], min -2, max 3, mean 0.66667, 1 not finite\n[[1, -2],\n [3, NaN]]',
  });
  expect(await toBundle({ shape: [2, 3], dtype: 'int4', data: new Uint8Array(3) })).toEqual({
    'text/plain': 'Array int4 [2, 3], packed in 3 bytes',
  });
  expect(await toBundle({ shape: [], dtype: 'int32', isDisposed: true, dataSync: () => [] })).toEqual({
    'text/plain': 'Tensor int32 [], disposed',
  });
});

const refuse = (): never => {
  throw new RangeError('no');
};
/** A proxy that throws whatever it is asked. */
const closed = new Proxy({ a: 1 }, Object.fromEntries(Object.getOwnPropertyNames(Reflect).map(trap => [trap, refuse])));

test.each<[string, unknown, RegExp]>([
  ['a proxy that throws', closed, /a: 1/],
  ['a list with one', [closed, 2], /a: 1.*2/s],
  ['a proxy of a function', new Proxy(() => 1, { get: refuse, has: refuse }), /Function/],
  ['an own way of printing that throws', { a: 1, [inspect.custom]: refuse }, /a: 1.*failed: RangeError: no/s],
  ['one inside a list', [{ a: 1, [inspect.custom]: refuse }], /a: 1.*failed: RangeError: no/s],
  ['toString that throws', Object.assign(new (class Point {})(), { x: 1, toString: refuse }), /x: 1/],
  [
    'a tag that throws',
    {
      get [Symbol.toStringTag]() {
        return refuse();
      },
    },
    /toStringTag.*Getter/,
  ],
  ['an error whose stack throws', Object.defineProperty(new Error('deep'), 'stack', { get: refuse }), /deep|cannot be shown/],
  [
    'a getter that throws',
    {
      get a() {
        return refuse();
      },
    },
    /a: \[Getter\]/,
  ],
  ['an own display that gives nothing', { a: 1, [Symbol.for('Jupyter.display')]: () => undefined }, /a: 1/],
  [
    'an own way of printing that throws a thing that throws',
    {
      [inspect.custom]: () => {
        throw { toString: refuse };
      },
    },
    /cannot be shown either/,
  ],
])('a value that does not want to be shown: %s', async (_, value, text) => {
  expect((await toBundle(value))['text/plain']).toMatch(text);
});

test('such a value is the result of its cell, which does not fail', async () => {
  const compiler = cellCompiler();
  const source = "const closed = new Proxy({ a: 1 }, { get() { throw new Error('no'); }, has() { throw new Error('no'); } });\nclosed";
  const outcome = await createCellExecutor(folder, compiler).run(source);
  expect(inspect(outcome)).toBe('{ ok: true, value: { a: 1 } }');
  compiler.close();
});

test("tslab's own display shows things here", async () => {
  const shown: unknown[] = [];
  const host = { display: (...args: unknown[]) => void shown.push(args) };
  Object.defineProperty(globalThis, Symbol.for('tinylab.kernel'), { value: host, configurable: true });
  const compiler = cellCompiler();
  const cell =
    "import { display, newDisplay } from 'tslab';\ndisplay.html('<b>x</b>');\ndisplay.png(Uint8Array.of(1, 2));\nconst own = newDisplay();\nown.text('1');\nown.text('2');\n1";
  try {
    expect(await lastOf(compiler, [cell])).toBe(1);
  } finally {
    compiler.close();
    Reflect.deleteProperty(globalThis, Symbol.for('tinylab.kernel'));
  }
  const own = { id: expect.stringMatching(/^[0-9a-f]{16}$/), metadata: {} };
  expect(shown).toEqual([
    [{ 'text/html': '<b>x</b>' }, { id: undefined, update: false, metadata: {} }],
    [{ 'image/png': 'AQI=' }, { id: undefined, update: false, metadata: {} }],
    [{ 'text/plain': '1' }, { ...own, update: false }],
    [{ 'text/plain': '2' }, { ...own, update: true }],
  ]);
});

test('offsets in code points and code units are inverse to each other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, at) => {
      const points = Math.min(at, [...text].length);
      expect(toCodePoints(text, toCodeUnits(text, points))).toBe(points);
    }),
  );
  expect(toCodeUnits('a😀b', 2)).toBe(3);
});

test('history: tail, range, search, unique, with outputs', () => {
  const history = createHistory();
  for (const [at, input] of ['a = 1', 'b', 'a = 1'].entries()) history.add(at + 1, input);
  history.addOutput(2, '7');
  expect(history.find({ hist_access_type: 'tail', n: 2 })).toEqual([
    [1, 2, 'b'],
    [1, 3, 'a = 1'],
  ]);
  expect(history.find({ hist_access_type: 'range', session: 0, start: 2, stop: 3, output: true })).toEqual([[1, 2, ['b', '7']]]);
  expect(history.find({ hist_access_type: 'search', pattern: 'a*?', unique: true })).toEqual([[1, 3, 'a = 1']]);
});

test('streams: everything up to the limit, in order, then one notice', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('stdout', 'stderr'), fc.string())), pieces => {
      const sent: string[] = [];
      const output = createOutput((_, content) => sent.push((content as { text: string }).text));
      for (const [name, text] of pieces) output.write(name as 'stdout', text);
      output.flush();
      expect(sent.join('')).toBe(pieces.map(([, text]) => text).join(''));
    }),
  );
  const sent: string[] = [];
  const output = createOutput((_, content) => sent.push((content as { text: string }).text));
  for (let i = 0; i < 5; i++) output.write('stdout', 'x'.repeat(textLimit / 2));
  output.flush();
  expect(sent.join('').replace(/x/g, '')).toMatch(/^\n\[The cell has printed more than 2 MB; .*\]\n$/);
  expect(sent.join('').match(/x/g)?.length).toBe(textLimit);
});

test('messages survive the wire, and a changed one is refused', () => {
  const frames = encode('key', 'stream', { content: { text: 'é😀' }, identities: ['id'] }).map(frame => Buffer.from(frame));
  expect(decode('key', frames)).toMatchObject({ header: { msg_type: 'stream' }, content: { text: 'é😀' } });
  expect(() => decode('other', frames)).toThrow(/signature/);
  expect(() => decode('key', frames.slice(2))).toThrow(/delimiter/);
});
