// In place of TensorFlow's installer, which a built program leaves out: where the native part lies.
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');

exports.find = () =>
  join(dirname(createRequire(join(process.cwd(), 'native.cjs')).resolve('@tensorflow/tfjs-node/package.json')), NATIVE_PART);
