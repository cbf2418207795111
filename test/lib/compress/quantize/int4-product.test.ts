import { expect, it } from 'vitest';
import { affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { group } from '../../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeValue } from '../../../../lib/compress/quantize/quantize-weights.ts';
import type { Affine } from '../../../../lib/model/quantization/quantization.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { array, type NDArray } from '../../../../lib/tensor/array.ts';
import { packInt4, unpackInt4 } from '../../../../lib/tensor/int4-weights.ts';
import { int4Matmul } from '../../../../lib/tensor/native-int4.ts';
import { elementsOf } from '../../../../lib/tensor/pack.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';

// What quantization by groups along the inputs stores, int4 two a byte, through the packed product: the same layer.
it.each([
  { k: 256, n: 40, size: 32, symmetric: true },
  { k: 300, n: 17, size: 64, symmetric: true },
  { k: 256, n: 40, size: 128, symmetric: false },
  { k: 100, n: 33, size: 32, symmetric: false },
])('a dense layer [$k, $n] in groups of $size, symmetric $symmetric, gives what its real numbers give', ({ k, n, size, symmetric }) => {
  const weight = normal(random(3), [k, n], { mean: 0.02, deviation: 0.1 });
  const scheme = { format: affineFormat({ bits: 4, symmetric }), granularity: group(size) };
  const { value, quantization } = quantizeValue(weight, scheme);
  expect(value.dtype).toBe('int4');
  const { scale, zeroPoint } = quantization as Affine;
  const packed = packInt4({
    k,
    n,
    group: size,
    codes: elementsOf(value),
    scale: (scale as NDArray).data,
    ...(zeroPoint && { zeroPoint: zeroPoint.data }),
  });
  expect(packed.zero !== undefined).toBe(!symmetric);
  const real = realValue({ value, quantization, trainable: false });
  expect(unpackInt4(packed)).toEqual(real.data);

  const m = 5;
  const x = normal(random(4), [m, k]).data as Float32Array;
  const y = int4Matmul(x, packed, { m });
  const rows = quantizeValue(array([m, k], x), {
    format: affineFormat({ bits: 8, symmetric: true }),
    granularity: { name: 'row', tile: () => [1, k] } as never,
  });
  const rowScale = ((rows.quantization as Affine).scale as NDArray).data as Float32Array;
  const z = int4Matmul(elementsOf(rows.value) as Int8Array, packed, { m, rowScale });
  const u = 2 ** -24;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let [sum, bytes, most] = [0, 0, 0];
      for (let p = 0; p < k; p++) {
        const w = real.data[p * n + j] as number;
        sum += (x[i * k + p] as number) * w;
        bytes += (rowScale[i] as number) * (elementsOf(rows.value)[i * k + p] as number) * w;
        most += Math.abs((x[i * k + p] as number) * w);
      }
      // one more rounding than the kernel's own: real numbers are rounded to float32
      const bound = 2 * (k + Math.ceil(k / size) + 3) * u * most;
      expect(Math.abs((y[i * n + j] as number) - sum)).toBeLessThanOrEqual(bound);
      expect(Math.abs((z[i * n + j] as number) - bytes)).toBeLessThanOrEqual(2 * bound);
    }
});
