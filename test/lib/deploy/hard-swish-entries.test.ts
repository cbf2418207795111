import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeTflite } from '../../../lib/deploy/formats/tflite/write-tflite.ts';
import { hardSwishEntries } from '../../../lib/deploy/hard-swish-entries.ts';
import { lowerModel } from '../../../lib/deploy/lower/lower.ts';
import { realTable, type TableGrid, type WrittenGrid } from '../../../lib/deploy/real-table.ts';
import { network } from '../../../lib/model/build.ts';
import { random } from '../../../lib/tensor/random.ts';
import { numbers, quantized } from './quantized-nets.ts';

const hardSwish = (x: number): number => (x * Math.min(6, Math.max(0, x + 3))) / 6;

/** The grids that calibration gives an interval around 0 and what hard swish makes of it. */
function calibrated(low: number, high: number): [TableGrid, WrittenGrid] {
  const gridFrom = (from: number, to: number): { scale: number; zeroPoint: number } => {
    const scale = Math.fround((to - from) / 255);
    return { scale, zeroPoint: Math.round(-128 - from / scale) };
  };
  const x = gridFrom(low, high);
  const written = Array.from({ length: 256 }, (_, i) => hardSwish(x.scale * (i - 128 - x.zeroPoint)));
  const y = gridFrom(Math.min(0, ...written), Math.max(0, ...written));
  return [
    { ...x, type: 'int8' },
    { ...y, low: -128, high: 127 },
  ];
}

describe('hard swish in integers of 16 bits', () => {
  it('lies within a step of the real function, whatever interval was calibrated', () => {
    const reach = fc.double({ min: 0.05, max: 40, noNaN: true });
    fc.assert(
      fc.property(reach, reach, (low, high) => {
        const [x, y] = calibrated(-low, high);
        const real = realTable(hardSwish, x, y);
        for (const [i, entry] of (hardSwishEntries(x, y) as readonly number[]).entries())
          expect(Math.abs(entry - (real[i] as number))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps between the ends of the output, and is 0 where x is', () => {
    const [x, y] = calibrated(-4, 4);
    const entries = hardSwishEntries(x, { ...y, low: -20, high: 20 }) as readonly number[];
    expect([Math.min(...entries), Math.max(...entries)]).toEqual([-20, 20]);
    expect(hardSwishEntries(x, y)?.[x.zeroPoint + 128]).toBe(y.zeroPoint);
  });

  it('says where 16 bits are too few', () => {
    const [x, y] = calibrated(-4, 4);
    expect(hardSwishEntries(x, { ...y, scale: x.scale / 128 })).toBeUndefined();
    expect(hardSwishEntries(x, { ...y, scale: x.scale / 64 })).toHaveLength(256);
  });

  it('is what nets are lowered to, so that each can be written as a file', () => {
    for (let seed = 0; seed < 40; seed++) {
      const rng = random(seed);
      const net = network('swishes', [4, 4, 2], { seed })
        .conv2d(3, 3)
        .activation('hard-swish')
        .conv2d(2, 1)
        .activation('hard-swish')
        .model();
      const wide = numbers([4, 4, 4, 2], rng);
      for (let i = 0; i < wide.data.length; i++) wide.data[i] = (wide.data[i] as number) * 2 ** rng.uniform(-3, 3);
      expect(() => writeTflite(lowerModel(quantized(net, [wide], {})))).not.toThrow();
    }
  });
});
