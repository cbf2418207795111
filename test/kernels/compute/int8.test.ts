import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Bytes, type Int8Kernels, int8Rungs } from '../../../lib/tensor/native-int8.ts';
import { calls, rungsHere } from './int8-cases.ts';
import type { Call } from './int8-values.ts';
import { atProtectedPage, type Side } from './protected-page.ts';

const filled = (length: number): Uint8Array => new Uint8Array(length).fill(0xa5);

function result({ inputs, output, run }: Call, rung: string, threads = 1): Uint8Array {
  const y = filled(output);
  run(inputs, y, { threads, rung });
  return y;
}

it('every int8 kernel has cases', () => {
  expect(Object.keys(calls)).toEqual(Object.keys(int8Rungs()));
});

it.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'the rungs are those that the processor has and TINYLAB_ISA allows',
  () => {
    const flags = new Set(/^flags\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' '));
    const has = (...names: string[]): boolean => names.every(name => flags.has(name));
    const levels = ['plain', 'avx2', 'avx512', 'vnni', 'amx'];
    const allows = (level: string): boolean => levels.indexOf(process.env.TINYLAB_ISA ?? 'amx') >= levels.indexOf(level);
    const wide = allows('avx512') && has('avx512f', 'avx512bw', 'avx512vl', 'avx512dq');
    const vnni = allows('vnni') && wide && has('avx512_vnni');
    const avx2 = allows('avx2') && has('avx2');
    const expected = { avx2, 'avx2-lines': avx2, avx512: wide, 'avx512-vnni': vnni, 'avx512-vnni-lines': vnni };
    for (const rungs of Object.values(int8Rungs()))
      for (const { name, available } of rungs) expect(available, name).toBe(expected[name as keyof typeof expected] ?? true);
  },
);

describe.each(Object.keys(calls) as (keyof Int8Kernels)[])('%s', kernel => {
  const expected = new Map(calls[kernel].map(call => [call, result(call, 'reference')]));

  it('the reference writes different bytes', () => {
    const all = new Set([...expected.values()].flatMap(bytes => [...bytes]));
    expect(all.size).toBeGreaterThan(40);
  });

  describe.each(rungsHere(kernel))('rung $name', ({ name: rung }) => {
    it('gives the bytes of the reference, alone and shared by threads', () => {
      for (const call of calls[kernel])
        for (const threads of [1, 2, 3]) expect(result(call, rung, threads), call.name).toEqual(expected.get(call));
    });

    it.each<Side>(['before', 'after'])('reads and writes nothing %s an array: a protected page lies there', side => {
      for (const call of calls[kernel]) {
        const y = atProtectedPage(filled(call.output), side);
        call.run(
          call.inputs.map(values => atProtectedPage(values, side)),
          y,
          { threads: 1, rung },
        );
        expect(y, call.name).toEqual(expected.get(call));
      }
    });

    it('writes nothing beside its output, at any alignment', () => {
      for (const call of calls[kernel]) {
        const memory = filled(call.output + 70);
        const y = memory.subarray(3, 3 + call.output);
        call.run(call.inputs, y as Bytes, { threads: 1, rung });
        expect(y, call.name).toEqual(expected.get(call));
        expect([...memory.subarray(0, 3), ...memory.subarray(3 + call.output)].every(byte => byte === 0xa5)).toBe(true);
      }
    });
  });
});
