import type { OtherStyle } from '../../lab/mutant.ts';

const half = (body: string): string => `function half(x: NDArray): NDArray {\n  ${body}\n}`;

export default [
  { question: 'half', name: 'a product', answer: half('return array(x.shape, Float32Array.from(x.data, value => 0.5 * value));') },
  {
    question: 'half',
    name: 'a loop',
    answer: half('const y = array(x.shape, Float32Array.from(x.data)); for (let i = 0; i < y.data.length; i++) y.data[i]! /= 2; return y;'),
  },
] satisfies OtherStyle[];
