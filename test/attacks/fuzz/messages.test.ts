import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { LabError } from 'tinylab';
import { decode, encode } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import { Channel } from '../../../labs-grading/run/channel.ts';
import { FrameReader } from '../../../labs-grading/run/inside/frames.ts';
import { conversionSchema, frameSchema, runSchema } from '../../../labs-grading/run/protocol.ts';
import { hostileAtom, mutated } from './hostile.ts';

const raw = (body: string | Buffer): Buffer => {
  const bytes = Buffer.from(body as string);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
};

const lengthOnly = (length: number): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return head;
};

const wires = [
  7,
  'text',
  { kind: 'list', items: [1, { kind: 'number', value: 'NaN' }, { kind: 'bigint', value: '12' }] },
  {
    kind: 'record',
    entries: [
      ['a', 1],
      ['b', { kind: 'undefined' }],
    ],
  },
  { kind: 'array', shape: [2], dtype: 'float32', data: 'AACAPwAAAEA=' },
  { kind: 'tensor', shape: [1, 2], dtype: 'int32', data: 'AQAAAAIAAAA=' },
  { kind: 'typed', type: 'Uint8Array', data: 'AQI=' },
  { kind: 'table', columns: [['x', { kind: 'list', items: [1, 2] }]] },
  { kind: 'error', name: 'Error', message: 'no', code: 'a/b', hint: 'h' },
  { kind: 'function', id: 'handle-0', name: 'f' },
  { kind: 'model', entries: [['nodes', { kind: 'list', items: [] }]] },
];

/** What a peer says, given the id of the question; the id stands as a mark in the text. */
const mark = 'THE-ID-OF-THE-QUESTION';
const answers = [
  ...wires.map(value => ({ id: mark, ok: true, value })),
  { id: mark, ok: false, fault: { kind: 'threw', message: 'no', hint: 'h', where: 'cell[1]:1:1' } },
  { id: mark, callback: 'callback-0', args: [1, 'a'] },
];

/** What the hostile end writes: frames that are nearly right, lengths that lie, bytes at random, all cut anywhere. */
const stream = fc.record({
  parts: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: mutated(answers).map(text => ({ text })) },
      { weight: 2, arbitrary: fc.constantFrom(...answers).map(frame => ({ text: JSON.stringify(frame) })) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map(bytes => ({ bytes: Buffer.from(bytes) })) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(2 ** 32 - 1, 80 * 2 ** 20 + 1, 0, 1, 2 ** 31).map(length => ({ bytes: lengthOnly(length) })),
      },
      { weight: 1, arbitrary: fc.integer({ min: 100, max: 5_000 }).map(n => ({ text: `${'['.repeat(n)}${']'.repeat(n)}` })) },
    ),
    { minLength: 1, maxLength: 4 },
  ),
  cuts: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }),
  early: fc.boolean(),
});

type Part = { readonly text?: string; readonly bytes?: Buffer };

interface Heard {
  readonly outcome: 'value' | 'fault' | 'breach' | 'silence';
  readonly reply?: unknown;
  readonly breach?: string;
  /** Whole frames that were sent, as they were. */
  readonly frames: number;
}

/** Lets a hostile peer speak to a channel that has asked one question. */
async function converse({ parts, cuts, early }: { parts: readonly Part[]; cuts: readonly number[]; early: boolean }): Promise<Heard> {
  let id = '';
  const reader = new FrameReader();
  const near = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      for (const frame of reader.push(chunk) as { id: string }[]) id ||= frame.id;
      done();
    },
  });
  const channel = new Channel(near);
  let reply: unknown;
  let breach: string | undefined;
  const ask = (): void => void channel.ask({ op: 'call', name: 'add', args: [1, 2] }, async () => null).then(answer => (reply = answer));
  channel.breach.then(reason => (breach = reason));
  if (!early) ask();
  const bytes = Buffer.concat(parts.map(({ text, bytes: some }) => some ?? raw((text ?? '').replaceAll(mark, id || 'unknown'))));
  for (let at = 0, i = 0; at < bytes.length && !near.destroyed; i++) {
    const size = cuts[i % cuts.length] as number;
    near.push(bytes.subarray(at, at + size));
    at += size;
    if (i % 8 === 0) await new Promise(setImmediate);
  }
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  near.destroy();
  const outcome = reply === undefined ? (breach === undefined ? 'silence' : 'breach') : (reply as { ok: boolean }).ok ? 'value' : 'fault';
  return { outcome, reply, breach, frames: parts.length };
}

const codes = /^codec\/(malformed|depth|size|key|model|kind)$|^(model|graph|array|tensor|shape)\//;

describe('a hostile end of the channel', () => {
  it('2,500 times gets a value, a fault or a breach in words of ours, and nothing after a breach', async () => {
    const outcomes = { value: 0, fault: 0, breach: 0, silence: 0 };
    await fc.assert(
      fc.asyncProperty(stream, async said => {
        const { outcome, reply, breach } = await converse(said);
        outcomes[outcome]++;
        if (breach !== undefined) expect(breach).toMatch(/^(a frame|an answer|a callback|more than) /);
        if (said.early) expect(outcome).not.toMatch(/value|fault/);
        if (reply !== undefined) expect(frameSchema.safeParse({ id: 'x', ...(reply as object) }).success).toBe(true);
      }),
      { numRuns: 2_500 },
    );
    expect(Object.values(outcomes).reduce((a, b) => a + b)).toBe(2_500);
    expect(outcomes.value).toBeGreaterThan(100);
    expect(outcomes.fault).toBeGreaterThan(10);
    expect(outcomes.breach).toBeGreaterThan(500);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('3,000 times sends a value that is decoded into plain data or refused by a named error', () => {
    let [plain, refused] = [0, 0];
    fc.assert(
      fc.property(mutated(wires), text => {
        let wire: unknown;
        try {
          wire = JSON.parse(text);
        } catch {
          wire = text;
        }
        try {
          const value = decode(wire);
          // What comes out can be written again, so it is nothing but data.
          const again = encode(value);
          expect(encode(decode(again))).toEqual(again);
          plain++;
        } catch (error) {
          if (!(error instanceof LabError)) throw error;
          expect(error.code).toMatch(codes);
          refused++;
        }
      }),
      { numRuns: 3_000 },
    );
    expect(plain + refused).toBe(3_000);
    expect(Math.min(plain, refused)).toBeGreaterThan(300);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('1,000 times says something of a cell or a conversion that is taken whole or not at all', () => {
    const conversion = {
      diagnostics: [{ line: 1, column: 1, length: 1, code: 1, message: 'm' }],
      output: 'x',
      declarations: 'd',
      map: ['m'],
      awaits: false,
      modules: [{ path: 'p', code: 'c' }],
      hints: [],
    };
    let taken = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          mutated([conversion, { done: true }, { done: false, message: 'm', staff: ['a'] }]),
          hostileAtom.map(atom => JSON.stringify(atom)),
        ),
        text => {
          let value: unknown = text;
          try {
            value = JSON.parse(text);
          } catch {}
          for (const schema of [conversionSchema, runSchema]) {
            const parsed = schema.safeParse(value);
            if (parsed.success) expect(JSON.parse(JSON.stringify(parsed.data))).toEqual(JSON.parse(JSON.stringify(value)));
            taken += Number(parsed.success);
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});
