import './gradients/cumprod.ts';
import './gradients/einsum.ts';
import './gradients/gather-nd.ts';
import './gradients/strided-slice.ts';
import './gradients/top-k.ts';
import './kernels/conv2d.ts';
import './kernels/depthwise-conv2d.ts';
import './kernels/from-cpu.ts';
import './kernels/max-pool.ts';
import './kernels/relu.ts';
import './kernels/round.ts';
import './repair.ts';
import { tf } from './tfjs.ts';

/** TensorFlow.js on native ops, with this library's kernels and repairs in place: the one door to tensors. */
export { tf };
