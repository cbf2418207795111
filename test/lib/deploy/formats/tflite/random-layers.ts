import { optionFields } from '../../../../../lib/deploy/formats/tflite/schema.ts';
import type { ProgramTensor } from '../../../../../lib/deploy/program.ts';
import type { Random } from '../../../../../lib/tensor/random.ts';
import {
  activation,
  biasOption,
  int8,
  int32,
  type Made,
  places,
  sizes,
  sumScale,
  type Type,
  value,
  weights,
  whole,
} from './random-parts.ts';

// Layers with random sizes, scales and options.

export function convolution(random: Random, type: Type, depthwise: boolean): Made {
  const fields = depthwise ? optionFields.depthwise : optionFields.convolution;
  const [n, h, w] = [random.int(1, 2), random.int(3, 8), random.int(3, 8)];
  const groups = depthwise || type === 'uint8' ? 1 : random.pick([1, 1, 2, 3]);
  const deep = random.int(1, 5);
  const c = depthwise ? random.int(1, 5) : deep * groups;
  const m = depthwise ? random.int(1, 3) : random.int(1, 4);
  const out = depthwise ? c * m : m * groups;
  const [kh, kw, sh, sw] = [random.int(1, 3), random.int(1, 3), random.int(1, 3), random.int(1, 3)];
  const same = random.next() < 0.5;
  const [dh, dw] = depthwise || !same ? [1, 1] : [random.int(1, 2), random.int(1, 2)];
  const x = value(random, 'x', { shape: [n, h, w, c], type });
  const [weight, ...bias] = weights(random, {
    shape: depthwise ? [1, kh, kw, out] : [out, kh, kw, deep],
    axis: depthwise ? 3 : 0,
    type,
    x,
  });
  const shape = [n, places(h, (kh - 1) * dh + 1, [sh, same]), places(w, (kw - 1) * dw + 1, [sw, same]), out];
  const output = value(random, 'y', {
    shape,
    type,
    scale: sumScale(random, [x, weight as ProgramTensor], kh * kw * (depthwise ? 1 : deep)),
  });
  return {
    inputs: [x, weight as ProgramTensor, ...bias],
    output,
    options: [
      int8(fields.padding, same ? 0 : 1),
      int32(fields.strideWidth, sw),
      int32(fields.strideHeight, sh),
      int8(fields.activation, activation(random)),
      int32(fields.dilationWidth, dw),
      int32(fields.dilationHeight, dh),
      ...(depthwise ? [int32(optionFields.depthwise.multiplier, m)] : biasOption(type, bias[0], optionFields.convolution.biasType)),
    ],
  };
}

export function transposed(random: Random, type: Type): Made {
  const fields = optionFields.transposed;
  const [kh, kw, s] = [random.int(1, 3), random.int(1, 3), random.int(1, 3)];
  const [h, w, c, out] = [random.int(2, 6), random.int(2, 6), random.int(1, 4), random.int(1, 4)];
  const same = random.next() < 0.5;
  const x = value(random, 'x', { shape: [1, places(h, kh, [s, same]), places(w, kw, [s, same]), c], type });
  if (x.shape.some(size => size < 1)) return transposed(random, type);
  const [weight, ...bias] = weights(random, { shape: [out, kh, kw, c], axis: 0, type, x });
  const eight = weight?.type === 'int4' ? { ...weight, type: 'int8' as const } : weight;
  const output = value(random, 'y', { shape: [1, h, w, out], type, scale: sumScale(random, [x, weight as ProgramTensor], kh * kw * c) });
  return {
    inputs: [whole('shape', output.shape), eight as ProgramTensor, x, ...bias],
    output,
    options: [
      int8(fields.padding, same ? 0 : 1),
      int32(fields.strideWidth, s),
      int32(fields.strideHeight, s),
      int8(fields.activation, activation(random)),
      ...biasOption(type, bias[0], fields.biasType),
    ],
  };
}

export function dense(random: Random, type: Type): Made {
  const keeps = random.next() < 0.3;
  const [deep, out] = [random.int(1, 40), random.int(1, 6)];
  const lead = sizes(random, keeps ? 2 : 1, 3);
  const x = value(random, 'x', { shape: [...lead, deep], type });
  const [weight, ...bias] = weights(random, { shape: [out, deep], axis: 0, type, x });
  const output = value(random, 'y', { shape: [...lead, out], type, scale: sumScale(random, [x, weight as ProgramTensor], deep) });
  const { activation: field, weightsFormat, keepAxes } = optionFields.dense;
  return {
    inputs: [x, weight as ProgramTensor, ...bias],
    output,
    options: [
      int8(field, activation(random)),
      int8(weightsFormat, 0),
      int8(keepAxes, keeps ? 1 : 0),
      ...biasOption(type, bias[0], optionFields.dense.biasType),
    ],
  };
}

export function pool(random: Random, type: Type): Made {
  const fields = optionFields.pool;
  const [n, h, w, c] = [random.int(1, 2), random.int(3, 8), random.int(3, 8), random.int(1, 4)];
  const [kh, kw, sh, sw] = [random.int(1, 3), random.int(1, 3), random.int(1, 3), random.int(1, 3)];
  const same = random.next() < 0.5;
  const x = value(random, 'x', { shape: [n, h, w, c], type });
  const output = { ...x, name: 'y', shape: [n, places(h, kh, [sh, same]), places(w, kw, [sw, same]), c] };
  const options = [
    int8(fields.padding, same ? 0 : 1),
    int32(fields.strideWidth, sw),
    int32(fields.strideHeight, sh),
    int32(fields.width, kw),
    int32(fields.height, kh),
    int8(fields.activation, activation(random)),
  ];
  return { inputs: [x], output, options };
}

export function matmul(random: Random, type: Type): Made {
  const [m, k, n] = [random.int(1, 5), random.int(1, 12), random.int(1, 5)];
  const lead = sizes(random, random.int(0, 2), 3);
  const [ta, tb] = [random.next() < 0.5, random.next() < 0.5];
  const a = value(random, 'a', { shape: [...lead, ...(ta ? [k, m] : [m, k])], type });
  const b = value(random, 'b', { shape: [...lead, ...(tb ? [n, k] : [k, n])], type, constant: random.next() < 0.3 });
  const scale = sumScale(random, [a, b], k);
  return {
    inputs: [a, b],
    output: value(random, 'y', { shape: [...lead, m, n], type, scale }),
    options: [int8(0, ta ? 1 : 0), int8(1, tb ? 1 : 0)],
  };
}
