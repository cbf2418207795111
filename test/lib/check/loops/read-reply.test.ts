import fc from 'fast-check';
import { loops } from 'tinylab';
import { StudentFault, sessionOver } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';

const calls = [loops.problems.matmul({ m: 2, n: 3, k: 1 }).call(1), loops.problems.int8Matmul({ m: 1, n: 1, k: 1 }).call(2)];
const caches = [{ bytes: 64, lineBytes: 32, ways: 1 }];
const totals = {
  ...{ instructions: 9, loads: 1, stores: 2, bytesRead: 4, bytesWritten: 8 },
  ...{ multiplies: 6, scalarMultiplies: 0, branches: 3, calls: 0, misses: [2] },
};
const none = { loads: 0, stores: 0, bytesRead: 0, bytesWritten: 0, misses: [0] };
const byArray = {
  a: { ...none, loads: 1, bytesRead: 4 },
  b: none,
  c: { ...none, stores: 1, bytesWritten: 4, misses: [2] },
  scratch: none,
  other: { ...none, stores: 1, bytesWritten: 4 },
};
const counts = { ...totals, byArray };
const sound = [
  { outputs: { c: new Float32Array(6) }, counts },
  { outputs: { c: new Int32Array(1) }, counts, value: 3 },
];

/** A reply with these counters in place of the sound ones. */
const counted = (change: object): unknown => ({ answers: sound.map(one => ({ ...one, counts: { ...counts, ...change } })) });

/** What a check gets where the side with the compiler says this. */
function answersTo(reply: unknown, request = { source: '', calls, caches }) {
  const session = sessionOver({
    send: async () => ({ ok: true, value: null }),
    deliverable: async () => undefined,
    loop: async () => reply,
  });
  return session.loop(request);
}

describe('what comes back of a loop', () => {
  it('is taken where it has the form of its calls', async () => {
    expect(await answersTo({ answers: sound })).toEqual(sound);
  });

  it('is taken without counters where none were asked for', async () => {
    const [first] = await answersTo({ answers: sound.map(({ outputs }) => ({ outputs })) }, { source: '', calls } as never);
    expect(first).toEqual({ outputs: { c: new Float32Array(6) } });
  });

  it.each([
    ['an answer less', { answers: sound.slice(1) }],
    ['a value that is no number', { answers: sound.map(one => ({ ...one, value: '3' })) }],
    ['an output more', { answers: sound.map(one => ({ ...one, outputs: { ...one.outputs, d: new Int8Array(1) } })) }],
    ['an input for an output', { answers: sound.map(one => ({ ...one, outputs: { a: one.outputs.c } })) }],
    ['no counters', { answers: sound.map(({ outputs }) => ({ outputs })) }],
    ['misses of more caches', { answers: sound.map(one => ({ ...one, counts: { ...counts, misses: [1, 1] } })) }],
    ['no arrays', counted({ byArray: undefined })],
    ['a list of arrays', counted({ byArray: [none, none, none, none] })],
    ['an array less', counted({ byArray: { ...byArray, b: undefined } })],
    ['an array of another name', counted({ byArray: { ...byArray, d: none } })],
    [
      'an array that it inherits',
      counted({ byArray: Object.assign(Object.create({ b: none }), { a: byArray.a, c: byArray.c, scratch: none, x: none }) }),
    ],
    ['an array without misses', counted({ byArray: { ...byArray, b: { ...none, misses: [] } } })],
    ['an array with a negative counter', counted({ byArray: { ...byArray, b: { ...none, loads: -1 } } })],
    ['an array that is broken', counted({ byArray: { ...byArray, b: { ...none, loads: 0.5 } } })],
    ['arrays that hide a load', counted({ byArray: { ...byArray, a: none } })],
    ['arrays that hide misses', counted({ byArray: { ...byArray, c: { ...byArray.c, misses: [1] } } })],
    ['a counter less', { answers: sound.map(one => ({ ...one, counts: { ...counts, loads: undefined } })) }],
  ])('costs the answer with %s', async (_what, reply) => {
    await expect(answersTo(reply)).rejects.toThrow(/strange form/);
  });

  it('costs the answer and never the check, whatever it is', async () => {
    const anything = fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true, maxDepth: 4 });
    const near = fc.record({ outputs: fc.record({ c: anything }), counts: anything, value: anything }, { requiredKeys: [] });
    const reply = fc.oneof(
      anything,
      fc.record({ answers: fc.array(near, { maxLength: 3 }) }),
      fc.record({ error: fc.record({ code: anything, message: fc.oneof(fc.string(), anything) }) }),
    );
    await fc.assert(
      fc.asyncProperty(reply, async value => {
        const error = await answersTo(value).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(StudentFault);
        expect((error as StudentFault).message.length).toBeLessThanOrEqual(4_000);
      }),
      { numRuns: 400 },
    );
  });

  it('tells the place of an error, and words of ours what to do', async () => {
    const error = await answersTo({ error: { code: 'loops/compile', message: 'line 3, column 14: no', hint: 'Full marks!' } }).catch(
      (thrown: StudentFault) => thrown.fault,
    );
    expect(error).toMatchObject({
      kind: 'threw',
      where: 'line 3, column 14 of the loop',
      hint: expect.stringMatching(/^Mend the marked place/),
    });
    const other = await answersTo({ error: { code: 'constructor', message: 'x' } }).catch((thrown: StudentFault) => thrown.fault);
    expect(other).toEqual({ kind: 'threw', message: 'x' });
  });
});
