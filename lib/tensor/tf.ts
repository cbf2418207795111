import './kernels/conv2d.ts';
import './kernels/depthwise-conv2d.ts';
import './kernels/relu.ts';
import './repair.ts';
import { tf } from './tfjs.ts';

/** TensorFlow.js on native ops, with this library's kernels and repairs in place: the one door to tensors. */
export { tf };
