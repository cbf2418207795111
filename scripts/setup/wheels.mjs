import { Fault } from './fault.mjs';

/**
 * The TensorFlow wheels whose C libraries tfjs-node is built against, by Node's platform name. Only the libraries and a few headers are used,
 * so one Python tag serves every Python. `tested` is false where nobody has run it yet: set-up goes on, doctor says so.
 *
 * Hashes: pip install --dry-run --ignore-installed --no-deps --target DIR --only-binary=:all: --python-version 311 \
 *           --platform TAG --report - NAME==2.21.0
 */
export const tensorflowVersion = '2.21.0';

export const wheels = {
  'linux-x64': {
    project: 'tensorflow-cpu',
    tag: 'manylinux_2_27_x86_64',
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    bytes: 273_829_956,
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    libraries: { tensorflow: 'libtensorflow_cc.so.2', tensorflow_framework: 'libtensorflow_framework.so.2' },
    suffix: 'so',
    tested: true,
  },
  'linux-arm64': {
    project: 'tensorflow',
    tag: 'manylinux_2_27_aarch64',
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    bytes: 281_828_020,
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    libraries: { tensorflow: 'libtensorflow_cc.so.2', tensorflow_framework: 'libtensorflow_framework.so.2' },
    suffix: 'so',
    tested: false,
  },
  'darwin-arm64': {
    project: 'tensorflow',
    tag: 'macosx_12_0_arm64',
    file: 'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl',
    bytes: 223_405_849,
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
    libraries: { tensorflow: 'libtensorflow_cc.2.dylib', tensorflow_framework: 'libtensorflow_framework.2.dylib' },
    suffix: 'dylib',
    tested: false,
  },
};

/** Headers of the C interface: what the binding includes, and what our own ops will (kernels.h, ops.h and what they pull in). */
export const headers = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/c_api_macros.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/c/experimental/stream_executor/stream_executor.h',
  'tensorflow/c/kernels.h',
  'tensorflow/c/ops.h',
  'tensorflow/c/tf_attrtype.h',
  'tensorflow/c/tf_buffer.h',
  'tensorflow/c/tf_datatype.h',
  'tensorflow/c/tf_status.h',
  'tensorflow/c/tf_tensor.h',
  'tensorflow/c/tf_tstring.h',
  'tensorflow/core/common_runtime/next_pluggable_device/c/tf_rendezvous_c_api.h',
  'tensorflow/core/platform/ctstring.h',
  'tensorflow/core/platform/ctstring_internal.h',
  'tsl/platform/ctstring.h',
  'tsl/platform/ctstring_internal.h',
  'tsl/platform/platform.h',
  'xla/tsl/c/tsl_status.h',
];

/** The wheel for this machine; refuses one that is not in the table. */
export function wheelOf(context) {
  const wheel = (context.wheels ?? wheels)[context.platform];
  if (wheel) return wheel;
  const known = Object.keys(wheels).join(', ');
  throw new Fault(
    'platform/unsupported',
    `TinyLab does not run on ${context.platform} (known: ${known}).`,
    'On Windows, use WSL2: wsl --install',
  );
}
