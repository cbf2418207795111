import { expect, it } from 'vitest';
import { gramProduct } from '../../../../lib/compress/quantize/gram-product.ts';
import { crossMoments } from '../../../../lib/compress/quantize/moments.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
import { tensorCount } from '../../../../lib/tensor/scope.ts';

it('moments of chosen columns are those of the definition, also over several parts of many rows', () => {
  const [a, b] = [1, 2].map(seed => normal(random(seed), [2100, 7])) as [ReturnType<typeof normal>, ReturnType<typeof normal>];
  const columns = Int32Array.of(6, 0, 3);
  const before = tensorCount();
  for (const other of [a, b]) {
    const found = crossMoments(a, other, columns);
    for (const [i, left] of columns.entries())
      for (const [j, right] of columns.entries()) {
        let sum = 0;
        for (let n = 0; n < 2100; n++) sum += (a.data[n * 7 + left] as number) * (other.data[n * 7 + right] as number);
        expect(Math.abs((found[i * 3 + j] as number) - sum / 2100)).toBeLessThan(1e-6);
      }
  }
  expect(tensorCount()).toBe(before);
  expect(Array.from(crossMoments(array([1, 1], [3]), array([1, 1], [2]), Int32Array.of(0)))).toEqual([6]);
});

it.each([
  [5, 3],
  [1, 1],
  [72, 24],
])('G · W of %d inputs and %d outputs is that of the definition', (rows, columns) => {
  const gram = Float64Array.from(normal(random(3), [rows * rows]).data);
  const weights = Float64Array.from(normal(random(4), [rows * columns]).data);
  const before = tensorCount();
  const product = gramProduct({ gram, rows, columns }, weights);
  expect(tensorCount()).toBe(before);
  expect(product).toHaveLength(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let f = 0; f < columns; f++) {
      let sum = 0;
      for (let k = 0; k < rows; k++) sum += (gram[i * rows + k] as number) * (weights[k * columns + f] as number);
      expect(Math.abs((product[i * columns + f] as number) - sum)).toBeLessThan(1e-4);
    }
});
