// Run by native-conv.test.ts in a process of its own, with TINYLAB_ISA set: a digest of what our own convolutions give of whole numbers, and of real numbers where
// no sum has two terms, so that the order of sums does not show.
import { fingerprintOf } from './conv-digest.ts';

console.log(fingerprintOf());
