import { int8Matmul, matmul } from './matmul.ts';

/** Problems for loops, by name: each makes one of given sizes. */
export const problems: { readonly matmul: typeof matmul; readonly int8Matmul: typeof int8Matmul } = { matmul, int8Matmul };
