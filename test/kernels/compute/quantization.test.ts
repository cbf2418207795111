import { describe, expect, it } from 'vitest';
import { type QuantizeCall, quantizeRungs } from '../../../lib/tensor/native-quantize.ts';
import { atProtectedPage, type Side } from './protected-page.ts';
import { type Call, calls, type Kernel, kernels, largeCalls } from './quantization-cases.ts';

function result(call: Call, how: QuantizeCall): { outputs: number[][]; result: unknown } {
  const outputs = call.outputs();
  const found = call.run(call.inputs, outputs, how);
  return { outputs: outputs.map(values => [...values]), result: found };
}

/** All that a call writes and returns, as bytes. */
function bytesOf(call: Call, how: QuantizeCall): Buffer {
  const outputs = call.outputs();
  const found = call.run(call.inputs, outputs, how);
  return Buffer.concat([...outputs.map(values => new Uint8Array(values.buffer)), Buffer.from(String(found))]);
}

it('every kernel of quantization has cases', () => {
  expect(Object.keys(calls)).toEqual(Object.keys(quantizeRungs()));
});

describe.each(Object.keys(calls) as Kernel[])('%s', kernel => {
  const rungs = kernels[kernel].rungs.filter(({ available }) => available);

  describe.each(rungs)('rung $name', ({ name: rung }) => {
    it('computes what the definition says, with every tail', () => {
      for (const call of calls[kernel])
        expect(result(call, { threads: 1, rung }), call.name).toEqual({ result: undefined, ...call.expected() });
    });

    it('gives the same shared by threads', () => {
      for (const call of largeCalls[kernel]) {
        const alone = bytesOf(call, { threads: 1, rung: 'reference' });
        for (const threads of [1, 2, 3]) expect(bytesOf(call, { threads, rung }).equals(alone), call.name).toBe(true);
      }
    });

    it.each<Side>(['before', 'after'])('reads and writes nothing %s an array: a protected page lies there', side => {
      for (const call of calls[kernel]) {
        const outputs = call.outputs().map(values => atProtectedPage(values, side));
        call.run(
          call.inputs.map(values => atProtectedPage(values, side)),
          outputs,
          { threads: 1, rung },
        );
        expect(
          outputs.map(values => [...values]),
          call.name,
        ).toEqual(call.expected().outputs);
      }
    });

    it('takes and gives arrays at any place in memory, and writes nothing beside them', () => {
      for (const [n, call] of calls[kernel].entries()) {
        const outputs = call.outputs().map(values => moved(values, (n % 7) + 1));
        call.run(
          call.inputs.map(values => moved(values, (n % 5) + 1)),
          outputs,
          { threads: 1, rung },
        );
        expect(
          outputs.map(values => [...values]),
          call.name,
        ).toEqual(call.expected().outputs);
        for (const values of outputs) {
          const all = new Uint8Array(values.buffer);
          const outside = [...all.subarray(0, values.byteOffset), ...all.subarray(values.byteOffset + values.byteLength)];
          expect(outside.every(byte => byte === 0xa5)).toBe(true);
        }
      }
    });
  });
});

/** A copy some elements behind the beginning of a larger buffer, whose other bytes are known. */
function moved<T extends Float32Array | Int32Array | Int8Array | Uint8Array>(values: T, by: number): T {
  const size = values.BYTES_PER_ELEMENT;
  const buffer = new ArrayBuffer((values.length + by + 40) * size);
  new Uint8Array(buffer).fill(0xa5);
  const copy = new (values.constructor as new (memory: ArrayBuffer, at: number, length: number) => T)(buffer, by * size, values.length);
  copy.set(values);
  return copy;
}
