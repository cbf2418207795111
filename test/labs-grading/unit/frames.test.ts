import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkedFrame,
  encodeFrame,
  FrameError,
  FrameReader,
  maximumDepth,
  maximumFrameBytes,
  maximumMarks,
} from '../../../labs-grading/run/inside/frames.ts';

const header = (length: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
};
const raw = (body: string): Buffer => Buffer.concat([header(Buffer.byteLength(body)), Buffer.from(body)]);

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 50 })), (values, cuts) => {
        const stream = Buffer.concat(values.map(encodeFrame));
        const reader = new FrameReader();
        const got: unknown[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = cuts[i % Math.max(1, cuts.length)] ?? 7;
          got.push(...reader.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(got).toEqual(values.map(value => JSON.parse(JSON.stringify(value))));
      }),
    );
  });

  it('refuse a length before anything is kept', () => {
    const reader = new FrameReader(1_000);
    expect(() => reader.push(header(1_001))).toThrow(FrameError);
    expect(() => new FrameReader().push(Buffer.from([255, 255, 255, 255]))).toThrow(/at most/);
  });

  it('refuse what is not JSON', () => {
    for (const body of ['', 'hello', '{', '{"a":1}}', '\0']) expect(() => new FrameReader().push(raw(body))).toThrow(FrameError);
  });

  it('refuse a value that nests too deep, without walking it', () => {
    const nested = (depth: number): Buffer => raw('['.repeat(depth) + ']'.repeat(depth));
    expect(new FrameReader().push(nested(maximumDepth))).toHaveLength(1);
    expect(() => new FrameReader().push(nested(maximumDepth + 1))).toThrow(/levels/);
    expect(() => new FrameReader().push(nested(200_000))).toThrow(/levels/);
  });

  it('are refused where they are made, if the other side would refuse them', () => {
    const deep = Array.from({ length: maximumDepth }).reduce(inner => [inner], [] as unknown);
    const long = 'x'.repeat(maximumMarks);
    expect(new FrameReader().push(checkedFrame({ long, value: [1] }))).toEqual([{ long, value: [1] }]);
    expect(() => checkedFrame({ long, deep })).toThrow(/levels/);
    expect(() => checkedFrame({ many: new Array(maximumMarks).fill(0) })).toThrow(/commas and brackets/);
    expect(() => checkedFrame('\0'.repeat(maximumFrameBytes / 6 + 1))).toThrow(FrameError);
  });

  it('refuse more values than the largest one needs, without building them', () => {
    const list = (n: number): Buffer => raw(`[${'{},'.repeat(n)}0]`);
    expect(new FrameReader().push(list(maximumMarks / 2 - 1))).toHaveLength(1);
    expect(() => new FrameReader().push(list(maximumMarks / 2))).toThrow(/commas and brackets/);
    expect(new FrameReader().push(encodeFrame(','.repeat(maximumMarks + 1)))).toHaveLength(1);
  });

  it('do not count brackets inside text', () => {
    const text = '[{"\\'.repeat(300);
    expect(new FrameReader().push(encodeFrame(text))).toEqual([text]);
  });
});
