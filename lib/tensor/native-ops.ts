import { availableParallelism } from 'node:os';
import { binding } from './native.ts';
import { attribute, type OpAttribute } from './run-op.ts';
import './tfjs.ts';

// The compute kernels as TensorFlow ops, for tensors that stay in TensorFlow. They join the TensorFlow that tfjs has loaded, once a process.

const refused = binding ? binding.registerOps() : 'the compute kernels are not built';

const fast = binding !== undefined && ['avx2', 'fma'].every(feature => binding?.features.includes(feature));

/**
 * Whether the compute kernels are TensorFlow ops here and worth it; otherwise the library composes the same from TensorFlow's own. Without vectors of 256 bits
 * they have their definitions only, which are slower than TensorFlow; whoever asks for that level by TINYLAB_ISA gets them nevertheless.
 */
export const hasNativeOps: boolean = refused === undefined && (fast || process.env.TINYLAB_ISA !== undefined);

const told = Number(process.env.TF_NUM_INTRAOP_THREADS);

/** How many threads a native op shares its work among: as many as TensorFlow's own. */
export const threadsAttribute: OpAttribute = attribute.int('threads', told >= 1 ? told : availableParallelism());
