import { availableParallelism } from 'node:os';
import { binding } from './native.ts';
import { attribute, type OpAttribute } from './run-op.ts';
import './tfjs.ts';

// The compute kernels as TensorFlow ops, for tensors that stay in TensorFlow. They join the TensorFlow that tfjs has loaded, once a process.

const refused = binding ? binding.registerOps() : 'the compute kernels are not built';

/**
 * Whether the compute kernels are TensorFlow ops here and worth it; otherwise the library composes the same from TensorFlow's own. Below vectors of 512 bits some of
 * them have their definition only, which is slower than TensorFlow; whoever asks for a lower level by TINYLAB_ISA gets them nevertheless.
 */
export const hasNativeOps: boolean =
  refused === undefined && (binding?.features.includes('avx512') === true || process.env.TINYLAB_ISA !== undefined);

const told = Number(process.env.TF_NUM_INTRAOP_THREADS);

/** How many threads a native op shares its work among: as many as TensorFlow's own. */
export const threadsAttribute: OpAttribute = attribute.int('threads', told >= 1 ? told : availableParallelism());
