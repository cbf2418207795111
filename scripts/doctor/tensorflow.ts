import { tf } from 'tinylab';

// One small convolution through the library's own door, for the doctor to see that TensorFlow loads and that oneDNN computes; of a stride that the library's own
// kernels leave to it.
tf.conv2d(tf.ones<tf.Rank.R4>([1, 16, 16, 8]), tf.ones<tf.Rank.R4>([3, 3, 8, 8]), 2, 'same').dataSync();
const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
console.log(`TF_Version ${binding.TF_Version}`);
