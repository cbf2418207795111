import fc from 'fast-check';
import { network } from '../../../lib/model/build.ts';
import { type Model, mapParameters, type Parameter } from '../../../lib/model/model.ts';
import { affine } from '../../../lib/model/quantization/affine.ts';
import { array, filled } from '../../../lib/tensor/array.ts';
import { type Random, random } from '../../../lib/tensor/random.ts';
import { sizeOf } from '../../../lib/tensor/shape.ts';
import { arbitraryQuantized } from './quantization/arbitrary-quantization.ts';

/** Small nets of every kind of layer, with masks, quantized values, code books and bit patterns that are easily lost. */
export const arbitraryModel: fc.Arbitrary<Model> = fc.integer({ min: 0, max: 10_000 }).map(seed => {
  const rng = random(seed);
  const net = network(`net ${seed}`, [rng.int(4, 7), rng.int(4, 7), rng.int(1, 3)], { seed });
  for (let i = rng.int(0, 3); i > 0; i--) layer(net, rng);
  const model = net.globalAveragePool().dense(rng.int(1, 4)).activation('softmax').model();
  return mapParameters(model, parameter => dressed(parameter, rng));
});

function layer(net: ReturnType<typeof network>, rng: Random): void {
  const entry = net.at;
  rng.pick([
    () => net.conv2d(rng.int(1, 4), rng.pick([1, 3, [3, 2]] as const), { padding: rng.pick(['same', 1, [0, 1, 1, 0]] as const) }),
    () =>
      net
        .depthwiseConv2d(3, { bias: false, multiplier: rng.int(1, 2) })
        .batchNorm()
        .relu6(),
    () => net.conv2dTranspose(2, 2, { strides: 1 }).leakyRelu(0.1),
    () => net.relu().add(entry).layerNorm(),
    () => net.concat(entry),
    () => net.pad([1, 0, 2, 1], { mode: rng.pick(['zero', 'reflect', 'replicate'] as const) }),
  ])();
}

function dressed(parameter: Parameter, rng: Random): Parameter {
  const { shape } = parameter.value;
  const mask = array(
    shape,
    Uint8Array.from({ length: sizeOf(shape) }, () => rng.int(0, 1)),
    rng.pick(['bool', 'uint8'] as const),
  );
  return rng.pick([
    () => parameter,
    () => ({ ...parameter, mask, trainable: rng.pick([true, false]) }),
    () => ({ ...parameter, value: array(shape, odd(sizeOf(shape))) }),
    () => ({ ...parameter, ...arbitraryQuantized(shape, rng) }),
  ])();
}

/** Negative zero, infinities, denormals and NaNs with a payload. */
function odd(length: number): Float32Array {
  const bits = [0x80000000, 0x7f800000, 0xff800000, 0x00000001, 0x7fc12345, 0x3f800000];
  const words = Uint32Array.from({ length }, (_, i) => bits[i % bits.length] as number);
  return new Float32Array(words.buffer);
}

/** A masked, quantized convolution for the tests that damage a file on purpose. */
export function sample(): Model {
  const net = network('sample', [4, 4, 1], { seed: 1 }).conv2d(2, 3, { bias: false }).batchNorm().relu().flatten().dense(3).model();
  return mapParameters(net, (parameter, name) => {
    const { shape } = parameter.value;
    if (name === 'dense-1.kernel') return { ...parameter, mask: filled(shape, 1, 'bool') };
    if (name !== 'conv2d-1.kernel') return parameter;
    return {
      ...parameter,
      value: filled(shape, 7, 'int8'),
      quantization: affine({ shape, bits: 4, scale: [0.5], zeroPoint: [0] }),
    };
  });
}
