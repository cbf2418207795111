import './gradients/cumprod.ts';
import './gradients/einsum.ts';
import './gradients/gather-nd.ts';
import './gradients/mean.ts';
import './gradients/strided-slice.ts';
import './gradients/sum.ts';
import './gradients/top-k.ts';
import './replaced-ops/arg-max.ts';
import './replaced-ops/average-pool.ts';
import './replaced-ops/conv2d.ts';
import './replaced-ops/depthwise-conv2d.ts';
import './replaced-ops/from-cpu.ts';
import './replaced-ops/fused.ts';
import './replaced-ops/max-pool.ts';
import './replaced-ops/max-pool-with-argmax.ts';
import './replaced-ops/pool-3d.ts';
import './replaced-ops/relu.ts';
import './replaced-ops/round.ts';
import './replaced-ops/top-k.ts';
import './repair.ts';
import './scope-ends.ts';
import './tape.ts';
import { tf } from './tfjs.ts';

/** TensorFlow.js on native ops, with this library's kernels and repairs in place: the one door to tensors. */
export { tf };
