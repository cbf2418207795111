// A built program holds TensorFlow.js itself. Whoever asks Node for it, the library or a cell, gets that one and no second copy.
import Module from 'node:module';

const loader = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown };
const load = loader._load;
loader._load = (id, ...rest) => (id === '@tensorflow/tfjs-node' ? require('@tensorflow/tfjs-node') : load(id, ...rest));
