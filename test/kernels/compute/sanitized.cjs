// Required by every process of `npm run test:native`: whoever asks for the compute kernels gets the module that TINYLAB_COMPUTE names.
const Module = require('node:module');

const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  return name === '@tinylab/compute' && process.env.TINYLAB_COMPUTE ? process.env.TINYLAB_COMPUTE : resolve.call(this, name, ...rest);
};
