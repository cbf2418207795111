// The door `inspect`: What a model shows when data goes through it. Nothing inside lib imports this file.

export type { Curvature } from './inspect/curvature.ts';
export { diagonalHessian } from './inspect/diagonal-hessian.ts';
export { empiricalFisher } from './inspect/empirical-fisher.ts';
export type { Objective } from './inspect/gradient.ts';
export { type HessianTraceOptions, hessianTraces } from './inspect/hessian-trace.ts';
export { hessianVectorProduct } from './inspect/hessian-vector.ts';
export type { PatchOptions } from './inspect/layer-inputs.ts';
