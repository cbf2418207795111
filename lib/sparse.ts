// The door `sparse`: Sparse formats and their products. Nothing inside lib imports this file.

export { type BlockedEllMatrix, blockedEll } from './sparse/blocked-ell.ts';
export { type CsrMatrix, csr } from './sparse/csr.ts';
export { type EieMatrix, eie, type RelativeIndex, relativeIndex, relativeIndexed } from './sparse/eie.ts';
export { encodeFkw, type FkwKernel, type FkwProduct, fkwConv2d } from './sparse/fkw.ts';
export { kernelMatrix, type Product, type SparseFormat, type SparseMatrix, sparseBytes } from './sparse/format.ts';
export type { KernelPattern } from './sparse/kernel-pattern.ts';
export { type NmMatrix, packedNm } from './sparse/n-m.ts';
export { type ElementArray, type ElementRun, runElements } from './sparse/processing-elements.ts';
export { makespan, type RowSchedule, rowLengths, rowSwizzle, variation } from './sparse/row-swizzle.ts';
export { type RowTile, type RowTiling, rowTiling } from './sparse/row-tiling.ts';
export { sddmm } from './sparse/sddmm.ts';
export { spGemm } from './sparse/spgemm.ts';
export { spMSpV } from './sparse/spmspv.ts';
export { type ZeroSkipping, zeroSkipping } from './sparse/zero-skipping.ts';
