import { describe, expect, it } from 'vitest';
import { fixedPoint } from '../../../../../lib/deploy/fixed-point.ts';
import type { Program } from '../../../../../lib/deploy/program.ts';
import { hasMcuTools, onMcu } from './on-mcu.ts';

/** y = a ± b of so many numbers; the scales' factors are those of TensorFlow Lite's kernels. */
function sumOf(
  op: 'add' | 'subtract',
  { size, zero, low, factor }: { readonly size: number; readonly zero: number; readonly low: number; readonly factor: number },
): Program {
  const [a, b, y] = [fixedPoint(0.5), fixedPoint(0.341), fixedPoint(factor * 2 ** -19)];
  const attributes = {
    leftShift: 20,
    aZeroPoint: -7,
    bZeroPoint: 100,
    aMultiplier: a.multiplier,
    aShift: a.shift,
    bMultiplier: b.multiplier,
    bShift: b.shift,
    multiplier: [y.multiplier],
    shift: [y.shift],
    outputZeroPoint: zero,
    low,
    high: 127,
  };
  const tensor = (name: string) => ({ name, shape: [1, size], type: 'int8' }) as const;
  return {
    name: op,
    tensors: ['a', 'b', 'y'].map(tensor),
    steps: [{ op, inputs: [0, 1], outputs: [2], attributes }],
    inputs: [0, 1],
    outputs: [2],
  };
}

describe.skipIf(!hasMcuTools)('sums by tables (skipped without arm-none-eabi-gcc and qemu-system-arm)', () => {
  it.each([
    ['add', 'cortex-m4', { size: 4099, zero: 3, low: -128, factor: 1.1 }],
    ['add', 'cortex-m7', { size: 1001, zero: -128, low: -128, factor: 0.9 }],
    ['subtract', 'cortex-m55', { size: 2050, zero: 20, low: 20, factor: 1.7 }],
    ['subtract', 'cortex-m4', { size: 513, zero: -20, low: -100, factor: 1.3 }],
  ] as const)('%s on %s of %o is that of runProgram', async (op, core, sizes) => {
    const { got, expected, source, run } = await onMcu(sumOf(op, sizes), core);
    expect(got.equals(expected)).toBe(true);
    expect(source.steps[0]?.kernel).toBe('tables');
    expect(run.instructions).toBeLessThan(18 * sizes.size + 200);
  });

  it('few numbers are not worth tables', async () => {
    const { got, expected, source } = await onMcu(sumOf('add', { size: 32, zero: 3, low: -128, factor: 1.1 }), 'cortex-m4');
    expect(got.equals(expected)).toBe(true);
    expect(source.steps[0]?.kernel).toBe('plain');
  });
});
