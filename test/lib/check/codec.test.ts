import { table } from 'arquero';
import fc from 'fast-check';
import { array, LabError, mlp } from 'tinylab';
import { decode, encode, TensorValue, type Wire, wireLimits } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';

const json = (wire: Wire): unknown => JSON.parse(JSON.stringify(wire));
const through = (value: unknown): unknown => decode(json(encode(value)));
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof LabError ? error.code : `no LabError: ${error}`;
  }
  return 'nothing thrown';
};

const dtypes = fc.constantFrom('float32' as const, 'int32' as const, 'int8' as const, 'uint8' as const);
const arrays = fc
  .tuple(fc.array(fc.nat(4), { maxLength: 4 }), dtypes, fc.infiniteStream(fc.integer({ min: -128, max: 127 })))
  .map(([shape, dtype, stream]) =>
    array(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.next().value as number),
      dtype,
    ),
  );
const keys = fc.string({ maxLength: 8 }).filter(key => key !== '__proto__');
const values = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(undefined, null, Number.NaN, Infinity, -Infinity, -0, true, false),
    fc.double(),
    fc.string(),
    fc.bigInt(),
    fc.float32Array(),
    fc.int16Array(),
    arrays,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('codec', () => {
  it('carries every kind of plain value unchanged', () => {
    fc.assert(
      fc.property(values, value => {
        expect(through(value)).toStrictEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('writes JSON that holds nothing but its own kinds', () => {
    expect(json(encode({ a: [1, -0, Number.NaN], b: undefined }))).toEqual({
      kind: 'record',
      entries: [
        ['a', { kind: 'list', items: [1, { kind: 'number', value: '-0' }, { kind: 'number', value: 'NaN' }] }],
        ['b', { kind: 'undefined' }],
      ],
    });
  });

  it('keeps a packed int4 array and a model bit for bit', () => {
    const packed = array([3], Uint8Array.of(0x21, 0x03), 'int4');
    expect(through(packed)).toEqual(packed);
    const model = mlp({ classes: 3, input: [4], hidden: [5], seed: 2 });
    expect(through(model)).toEqual(model);
    expect((encode(model) as { kind: string }).kind).toBe('model');
  });

  it('carries errors with their code and hint, once', () => {
    const error = through(new LabError('a/b', 'what', 'do this')) as LabError;
    expect(error).toBeInstanceOf(LabError);
    expect([error.code, error.hint, error.message]).toEqual(['a/b', 'do this', 'what']);
    expect(through(new TypeError('no'))).toMatchObject({ name: 'TypeError', message: 'no' });
  });

  it('carries tables as a person sees them: filtered and ordered', () => {
    const shown = table({ net: ['a', 'b', 'c'], macs: [3, 1, 2] })
      .filter((row: { macs: number }) => row.macs < 3)
      .orderby('macs');
    expect((through(shown) as typeof shown).objects()).toEqual([
      { net: 'b', macs: 1 },
      { net: 'c', macs: 2 },
    ]);
  });

  it('marks an array as a tensor, and lets the other side make it one', () => {
    const x = array([2], [1, 2]);
    expect(decode(json(encode(new TensorValue(x))), { tensor: a => ['uploaded', a] })).toEqual(['uploaded', x]);
  });

  it('hands functions over as handles, only where both sides offer them', () => {
    const wire = json(encode({ f: Math.abs }, { handle: () => 'h1' }));
    const read = decode(wire, { handle: (id, name) => `${id}:${name}` });
    expect(read).toEqual({ f: 'h1:abs' });
    expect(codeOf(() => encode(Math.abs))).toBe('codec/kind');
    expect(codeOf(() => decode(wire))).toBe('codec/malformed');
  });

  it.each([
    ['a symbol', Symbol('s')],
    ['a class instance', new (class Weird {})()],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
    ['a Promise', Promise.resolve(1)],
  ])('refuses %s', (_, value) => {
    expect(codeOf(() => encode([value]))).toBe('codec/kind');
  });

  it('names the place of what it refuses', () => {
    expect(() => encode({ layers: [1, { w: Symbol('s') }] })).toThrow('.layers[1].w');
  });

  it('refuses cycles and what is too deep or too large, writing and reading', () => {
    const ring: unknown[] = [];
    ring.push(ring);
    expect(codeOf(() => encode(ring))).toBe('codec/cycle');
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    expect(codeOf(() => encode(nested(33)))).toBe('codec/depth');
    expect(through(nested(32))).toEqual(nested(32));
    const limits = { depth: 4, bytes: 100, values: 5 };
    expect(codeOf(() => encode('x'.repeat(101), { limits }))).toBe('codec/size');
    expect(codeOf(() => encode([1, 2, 3, 4, 5], { limits }))).toBe('codec/size');
    const records = Array.from({ length: 400 }, (_, i) => ({ [i]: 1 }));
    expect(codeOf(() => encode(records, { limits: { ...wireLimits, values: 1000 } }))).toBe('codec/size');
    expect(codeOf(() => decode('x'.repeat(101), { limits }))).toBe('codec/size');
    expect(codeOf(() => decode({ kind: 'array', shape: [80], dtype: 'uint8', data: 'A'.repeat(108) }, { limits }))).toBe('codec/size');
  });

  it('counts text as it is written, so that what passes in the notebook fits a frame of the grader', () => {
    const limits = { ...wireLimits, bytes: 10_000 };
    for (const text of ['x', 'é', '€', '😀', '\0', '"', '\ud83d']) {
      const each = Buffer.byteLength(JSON.stringify(text)) - 2;
      const most = text.repeat(Math.floor((limits.bytes - 100) / each));
      expect(Buffer.byteLength(JSON.stringify(encode(most, { limits })))).toBeLessThan(limits.bytes);
      for (const value of [most + text.repeat(100), { [most + text.repeat(100)]: 1 }])
        expect(codeOf(() => encode([value, value], { limits }))).toBe('codec/size');
    }
    expect(codeOf(() => encode(new Error('\0'.repeat(2000)), { limits }))).toBe('codec/size');
    // Three counts for a record of one field: a third of a million of them are all that fits.
    const frameBytes = 80 * 2 ** 20;
    for (const value of [Number.NEGATIVE_INFINITY, [], undefined, { a: 1 }, new Error('')]) {
      const text = JSON.stringify(encode(new Array(1000).fill(value)));
      expect((text.length / 1000) * (wireLimits.values / 3)).toBeLessThan(frameBytes);
    }
  });

  it('survives JSON nested 200,000 deep', () => {
    const text = '{"kind":"list","items":['.repeat(200_000) + ']}'.repeat(200_000);
    expect(codeOf(() => decode(JSON.parse(text)))).toBe('codec/depth');
  });

  it.each([
    ['an unknown kind', { kind: 'date', value: 0 }, 'codec/malformed'],
    ['no kind', {}, 'codec/malformed'],
    ['a bare list', [1], 'codec/malformed'],
    ['__proto__ as a key', { kind: 'record', entries: [['__proto__', 1]] }, 'codec/key'],
    [
      'a key twice',
      {
        kind: 'record',
        entries: [
          ['a', 1],
          ['a', 2],
        ],
      },
      'codec/key',
    ],
    ['a table named __proto__', { kind: 'table', columns: [['__proto__', { kind: 'list', items: [] }]] }, 'codec/key'],
    ['too few bytes', { kind: 'array', shape: [2], dtype: 'float32', data: 'AAAA' }, 'codec/malformed'],
    ['a shape of 2^60', { kind: 'array', shape: [2 ** 30, 2 ** 30], dtype: 'int8', data: '' }, 'shape/invalid'],
    ['a negative axis', { kind: 'array', shape: [-1], dtype: 'int8', data: '' }, 'shape/invalid'],
    ['an unknown dtype', { kind: 'array', shape: [0], dtype: 'constructor', data: '' }, 'codec/malformed'],
    ['a bool of 7', { kind: 'array', shape: [1], dtype: 'bool', data: 'Bw==' }, 'codec/malformed'],
    ['base64 that is none', { kind: 'typed', type: 'Uint8Array', data: '!!!!' }, 'codec/malformed'],
    ['a typed array of an odd kind', { kind: 'typed', type: 'toString', data: '' }, 'codec/malformed'],
    ['a number called toString', { kind: 'number', value: 'toString' }, 'codec/malformed'],
    ['a bigint of code', { kind: 'bigint', value: '1;' }, 'codec/malformed'],
    ['a model without nodes', { kind: 'model', entries: [] }, 'codec/model'],
  ])('refuses %s', (_, wire, code) => {
    expect(codeOf(() => decode(wire))).toBe(code);
  });

  it('answers any JSON with a value or a named error', () => {
    const tagged = fc.letrec(tie => ({
      wire: fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            kind: fc.constantFrom(
              'list',
              'record',
              'array',
              'tensor',
              'typed',
              'model',
              'table',
              'error',
              'function',
              'bigint',
              'number',
              'undefined',
            ),
            items: fc.array(tie('wire'), { maxLength: 3 }),
            entries: fc.array(fc.tuple(fc.string(), tie('wire')), { maxLength: 3 }),
            columns: fc.array(fc.tuple(fc.string(), tie('wire')), { maxLength: 3 }),
            shape: fc.array(fc.integer(), { maxLength: 3 }),
            dtype: fc.constantFrom('float32', 'int4', 'nothing'),
            type: fc.string(),
            data: fc.base64String(),
            value: fc.jsonValue(),
            code: fc.jsonValue(),
            message: fc.string(),
          },
          { requiredKeys: ['kind'] },
        ),
      ),
    })).wire;
    fc.assert(
      fc.property(tagged, wire => {
        const code = codeOf(() => decode(wire));
        expect(code).toMatch(/^(nothing thrown|(codec|shape|array)\/.*)$/);
      }),
      { numRuns: 1000 },
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
