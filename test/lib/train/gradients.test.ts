import { describe, expect, it } from 'vitest';
import { strokeGlyphs } from '../../../lib/data/stroke-glyphs.ts';
import { forward } from '../../../lib/model/forward.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { type Model, mapParameters, withParameters } from '../../../lib/model/model.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { array } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import type { Examples } from '../../../lib/train/examples.ts';
import { gradients } from '../../../lib/train/gradients.ts';
import { meanSquaredError } from '../../../lib/train/losses.ts';

const rng = random(2);
const model = mlp({ input: [3], hidden: [4], classes: 2, seed: 1 });
const data: Examples = { inputs: normal(rng, [6, 3]), targets: normal(rng, [6, 2]) };

function lossOf(m: Model): number {
  return tf.tidy(
    () =>
      tf
        .squaredDifference(forward(m, upload(data.inputs)), upload(data.targets))
        .mean()
        .dataSync()[0] as number,
  );
}

describe('gradients', () => {
  it('agree with finite differences for every weight', () => {
    const found = gradients(model, data, { loss: meanSquaredError() });
    expect(Object.keys(found).sort()).toEqual(Object.keys(model.parameters).sort());
    const h = 1e-2;
    for (const [name, gradient] of Object.entries(found)) {
      const { value } = model.parameters[name] as Model['parameters'][string];
      expect(gradient.shape).toEqual(value.shape);
      for (let i = 0; i < value.data.length; i++) {
        const at = (delta: number) => {
          const moved = Float32Array.from(value.data, (v, k) => (k === i ? v + delta : v));
          return lossOf(withParameters(model, { [name]: { value: array(value.shape, moved) } }));
        };
        expect(gradient.data[i]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 2);
      }
    }
  });

  it('cover the trainable parameters only, change nothing and leak nothing', () => {
    const net = vgg({ widths: [4, 'M', 8], seed: 1 });
    const before = Object.values(net.parameters).map(p => [...p.value.data]);
    const batch = strokeGlyphs({ count: 8, seed: 1 });
    const count = tensorCount();
    const found = gradients(net, batch);
    expect(tensorCount()).toBe(count);
    expect(Object.keys(found)).toEqual(Object.keys(net.parameters).filter(name => net.parameters[name]?.trainable));
    expect(Object.values(net.parameters).map(p => [...p.value.data])).toEqual(before);
    const frozen = mapParameters(net, p => ({ ...p, trainable: false }));
    expect(() => gradients(frozen, batch)).toThrow(expect.objectContaining({ code: 'train/frozen' }));
    expect(() => gradients(model, { inputs: data.inputs, targets: array([1], [0], 'int32') })).toThrow(
      expect.objectContaining({ code: 'train/examples' }),
    );
    expect(tensorCount()).toBe(count);
  });
});
