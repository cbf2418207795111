// The door `quantize`: Quantization. Nothing inside lib imports this file.

export { type AffineOptions, affine } from './model/quantization/affine.ts';
export { type CodebookOptions, codebook } from './model/quantization/codebook.ts';
export type { Affine, Codebook, Quantization, QuantizedScale, Scale } from './model/quantization/quantization.ts';
export { perAxis, perGroup, perTensor } from './tensor/tiles.ts';
