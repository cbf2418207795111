import fc from 'fast-check';
import { expect, test } from 'vitest';
import { opOf } from '../../../lib/model/ops/index.ts';
import { tf } from '../../../lib/tensor/tf.ts';

const size = fc.integer({ min: 1, max: 4 });

test('the transposed convolution is the adjoint: ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩', () => {
  const cases = fc.record({ h: size, w: size, c: size, f: size, k: size, s: size, padding: fc.constantFrom('same', 'valid', 1) });
  fc.assert(
    fc.property(cases, ({ h, w, c, f, k, s, padding }) => {
      fc.pre(padding !== 1 || (k > 2 && h * s > 2 && w * s > 2));
      const window = { kernelSize: [k, k], strides: [s, s], padding, bias: false, initial: 'he' };
      const transposed = opOf('conv2d-transpose');
      const image = transposed.infer([[h, w, f]], { ...window, filters: c });
      const convolution = { ...window, filters: f, dilations: [1, 1], groups: 1 };
      fc.pre(padding !== 'valid' || k >= s);
      expect(opOf('conv2d').infer([image], convolution)).toEqual([h, w, f]);
      tf.tidy(() => {
        const kernel = tf.randomNormal([k, k, c, f], 0, 1, 'float32', 3);
        const x = tf.randomNormal([1, ...image], 0, 1, 'float32', 4);
        const y = tf.randomNormal([1, h, w, f], 0, 1, 'float32', 5);
        const run = (op: string, input: tf.Tensor, attributes: object): tf.Tensor =>
          opOf(op).forward({ inputs: [input], parameters: { kernel }, attributes: attributes as never, training: false });
        const left = run('conv2d', x, convolution).mul(y).sum().dataSync()[0] as number;
        const right = run('conv2d-transpose', y, { ...window, filters: c })
          .mul(x)
          .sum()
          .dataSync()[0] as number;
        expect(left).toBeCloseTo(right, 3);
      });
    }),
    { numRuns: 60, seed: 5 },
  );
});
