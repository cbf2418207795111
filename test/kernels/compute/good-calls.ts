import { int8Shape } from '../../../lib/tensor/native-int8.ts';

// A call of each kernel that is right: tests of the binding begin with one and spoil it.

export const clip = { outputZero: 0, low: -128, high: 127 };
const image = { images: 2, height: 4, width: 5, channels: 3, outHeight: 3, outWidth: 4 };
const steps = { strideDown: 1, strideRight: 1, top: 0, left: 0, isSigned: 1 };
const kernel = { kernelHeight: 2, kernelWidth: 2, dilationDown: 1, dilationRight: 1, zero: 0 };

export const conv = { ...image, ...steps, ...kernel, depth: 3, out: 17, outChannels: 17, hasWeightZeros: 0, isSums: 0, pool: 1, ...clip };
export const matmul = { m: 3, k: 10, n: 17, isSigned: 1, zero: 0, isSums: 0, ...clip };
export const depthwise = { ...image, ...steps, ...kernel, ...clip };
export const pool = { ...image, ...steps, windowHeight: 2, windowWidth: 2, isMean: 1, low: -128, high: 127 };
const scales = { aMultiplier: 1, aLeft: 0, aRight: 0, bMultiplier: 1, bLeft: 0, bRight: 0, multiplier: 1, left: 0, right: 0 };
const add = { isSigned: 1, ahead: 20, aZero: 0, bZero: 0, sign: 1, ...scales, ...clip };

const bytes = (length: number): Int8Array => new Int8Array(length);
const ints = (length: number): Int32Array => new Int32Array(length);
const options = { threads: 2 };
const int8 = {
  int8Conv: [int8Shape.conv(conv), bytes(120), bytes(2 * 3 * 64), ints(6 * 32), bytes(408), options],
  int8Matmul: [int8Shape.matmul(matmul), bytes(30), bytes(2 * 3 * 64), ints(4 * 17), bytes(51), options],
  int8MatmulPack: [int8Shape.matmulPack({ k: 10, n: 17 }), bytes(170), bytes(2 * 3 * 64), options],
  int8Depthwise: [int8Shape.depthwise(depthwise), bytes(120), new Int16Array(12), ints(12), bytes(72), options],
  int8Pool: [int8Shape.pool(pool), bytes(120), bytes(72), options],
  int8Add: [int8Shape.add(add), bytes(7), bytes(7), bytes(7), { ...options, length: 7 }],
  int8Quantize: [int8Shape.quantize({ scaleBits: 0x3f000000, ...clip }), new Float32Array(7), bytes(7), { ...options, length: 7 }],
} as const;
export const floats = (length: number): Float32Array => new Float32Array(length).fill(1);
export const sizes = { outer: 2, channels: 3, inner: 4, threads: 2 };
export const binning = { length: 24, bins: 5, absolute: 0, low: 0, perUnit: 1, threads: 2 };
const quantization = {
  extremes: [floats(24), floats(3), floats(3), sizes],
  histogram: [floats(24), new Int32Array(5), binning],
  fakeQuantize: [floats(24), floats(3), new Int32Array(3), new Int8Array(24), floats(24), { ...sizes, low: -128, high: 127 }],
  dequantize: [new Int8Array(24), floats(3), new Int32Array(3), floats(24), { ...sizes, signed: 1 }],
} as const;

const turned = { transposeA: 0, transposeB: 1, threads: 2 };
const products = {
  matmul: [floats(6), floats(12), floats(8), { m: 2, k: 3, n: 4 }],
  int4Matmul: [floats(16), bytes(64), floats(16), bytes(16), floats(4), undefined, { m: 2, k: 8, n: 2, group: 8, threads: 2 }],
  matmulBf16: [floats(6), floats(12), floats(8), { m: 2, k: 3, n: 4, ...turned }],
} as const;

export const good = { int8, quantization, products } as const;
