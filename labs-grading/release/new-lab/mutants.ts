import type { Mutant } from '../../lab/mutant.ts';

const half = (body: string): string => `function half(x: NDArray): NDArray {\n  ${body}\n}`;

export default [
  { question: 'half', name: 'returns the input', answer: half('return x;'), hint: 'You returned the input itself.' },
  {
    question: 'half',
    name: 'doubles',
    answer: half('return array(x.shape, Float32Array.from(x.data, value => 2 * value));'),
    hint: 'You multiplied by two.',
  },
  { question: 'bytes', name: 'counts bits', answer: "const bytes = 'c';", hint: 'Those are bits' },
] satisfies Mutant[];
