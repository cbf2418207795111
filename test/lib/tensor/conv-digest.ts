import { createHash } from 'node:crypto';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { type ConvCase, type ConvTensors, convCases, ownConv } from './conv-cases.ts';

/** Images, a filter and a gradient for a case, each number by `of`. */
export function tensorsOf({ x: image, outputs, out }: ConvCase, of: (value: number) => number = value => value): ConvTensors {
  const rng = random(12);
  const made = (shape: number[]): tf.Tensor => {
    const drawn = normal(rng, shape, { mean: 0.5, deviation: 2 });
    return upload({ ...drawn, data: drawn.data.map(of) as Float32Array });
  };
  return { x: made(image), filter: made([3, 3, image[3], outputs]), dy: made([image[0], ...out, outputs]) };
}

const single: ConvCase = { x: [2, 5, 7, 1], outputs: 37, before: [1, 1], out: [5, 7] };
const tile: ConvCase = { x: [1, 2, 2, 19], outputs: 37, before: [1, 1], out: [2, 2] };

/** Of whole numbers every case; of real ones the value where there is one channel, and the filter's gradient where there is one tile. */
export function fingerprintOf(): string {
  const hash = createHash('sha256');
  const add = (tensor: tf.Tensor): unknown => hash.update(new Uint8Array((tensor.dataSync() as Float32Array).slice().buffer));
  tf.tidy(() => {
    for (const bf16 of [false, true])
      for (const one of convCases) for (const tensor of ownConv({ ...one, bf16 }, tensorsOf(one, Math.round), 2)) add(tf.add(tensor, 0));
    add(ownConv(single, tensorsOf(single), 2)[0]);
    add(ownConv(tile, tensorsOf(tile), 2)[2]);
  });
  return hash.digest('hex');
}
