// A built program holds TensorFlow.js itself. Whoever asks Node for it, the library or a cell, gets that one and no second copy.
const Module = require('node:module');

const load = Module._load;
Module._load = (id, ...rest) => (id === '@tensorflow/tfjs-node' ? require('@tensorflow/tfjs-node') : load(id, ...rest));
