import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Channel } from '../../../labs-grading/run/channel.ts';
import { encodeFrame, FrameReader } from '../../../labs-grading/run/inside/frames.ts';

/** A stream whose far end is this test. */
function pair(): { near: Duplex; sent: Record<string, unknown>[]; say: (frame: unknown) => void; sayRaw: (bytes: Buffer) => void } {
  const sent: Record<string, unknown>[] = [];
  const reader = new FrameReader();
  const near = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      sent.push(...(reader.push(chunk) as Record<string, unknown>[]));
      done();
    },
  });
  return { near, sent, say: frame => near.push(encodeFrame(frame)), sayRaw: bytes => near.push(bytes) };
}

const call = { op: 'call', name: 'add', args: [1, 2] } as const;

describe('the channel to a sandbox', () => {
  it('matches the answer to the question by its id', async () => {
    const { near, sent, say } = pair();
    const answered = new Channel(near).ask(call);
    expect(sent[0]).toMatchObject(call);
    say({ id: sent[0]?.id, ok: true, value: 3 });
    expect(await answered).toEqual({ ok: true, value: 3 });
  });

  it('uses an id that nobody can guess', () => {
    const ids = Array.from({ length: 100 }, () => {
      const { near, sent } = pair();
      void new Channel(near).ask(call);
      return sent[0]?.id;
    });
    expect(new Set(ids).size).toBe(100);
    expect(String(ids[0])).toMatch(/^[0-9a-f]{24}$/);
  });

  it('takes one question at a time', () => {
    const channel = new Channel(pair().near);
    void channel.ask(call);
    expect(() => channel.ask(call)).toThrow(/outstanding/);
  });

  it.each([
    ['an answer before any question', undefined],
    ['another id', { id: 'f'.repeat(24), ok: true, value: 3 }],
    ['an extra field', { ok: true, value: 3, score: 10 }],
    ['a fault of a kind that only the grader may tell', { ok: false, fault: { kind: 'not gradable', message: 'excuse me' } }],
    ['a fault with an extra field', { ok: false, fault: { kind: 'missing', message: '', state: 'passed' } }],
    ['a callback that was not offered', { callback: 'callback-0', args: [] }],
    ['a list', []],
  ])('ends on %s', async (_, frame) => {
    const { near, sent, say } = pair();
    const channel = new Channel(near);
    if (frame) void channel.ask(call);
    say(Array.isArray(frame) ? frame : { id: sent[0]?.id ?? '', ...(frame ?? { ok: true, value: 1 }) });
    expect(await channel.breach).toMatch(/frame|answer|callback/);
  });

  it('ends on a second answer to the same question', async () => {
    const { near, sent, say } = pair();
    const channel = new Channel(near);
    const answered = channel.ask(call);
    say({ id: sent[0]?.id, ok: true, value: 3 });
    say({ id: sent[0]?.id, ok: true, value: 4 });
    expect(await answered).toEqual({ ok: true, value: 3 });
    expect(await channel.breach).toMatch(/nobody had asked/);
  });

  it('ends on bytes that are no frame', async () => {
    const { near, sayRaw } = pair();
    const channel = new Channel(near);
    sayRaw(Buffer.from([255, 255, 255, 255]));
    expect(await channel.breach).toMatch(/at most/);
  });

  it('lets the other side call back while it answers, and refuses an answer in between', async () => {
    const { near, sent, say } = pair();
    const channel = new Channel(near);
    const answered = channel.ask(call, async (name, args) => [name, args]);
    const id = sent[0]?.id;
    say({ id, callback: 'callback-0', args: [7] });
    await new Promise(setImmediate);
    expect(sent[1]).toEqual({ id, answer: ['callback-0', [7]] });
    say({ id, ok: true, value: null });
    expect(await answered).toEqual({ ok: true, value: null });
  });
});
