import { native, tf } from '../tfjs.ts';

// tfjs-node lacks some kernels (string, ragged and sparse ops, search, histograms, image transforms), and nothing falls back for it. Those
// that tfjs's own CPU backend has are taken from there: values are read, computed in JavaScript and written back.

type Tensors = tf.TensorInfo | tf.TensorInfo[];

/** Tensor values between two backends. A CPU tensor lives only during one call. */
interface Storage {
  readSync(dataId: object): tf.backend_util.BackendValues;
  write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object;
  disposeData(dataId: object, force?: boolean): boolean;
}

const cpu = (): Storage => Object.assign(tf.findBackend('cpu') as unknown as Storage, { firstUse: false });

function moved({ dataId, shape, dtype }: tf.TensorInfo, from: Storage, to: Storage): tf.TensorInfo {
  return { dataId: to.write(from.readSync(dataId), shape, dtype), shape, dtype };
}

/** Runs a kernel of the CPU backend on tensors of the native one. */
function runOnCpu(kernel: tf.KernelConfig, inputs: tf.NamedTensorInfoMap, attrs?: tf.NamedAttrMap): Tensors {
  const [here, there] = [native() as unknown as Storage, cpu()];
  const used: tf.TensorInfo[] = [];
  const entries = Object.entries(inputs).map(([name, input]) => {
    const all = ([input].flat() as tf.TensorInfo[]).map(tensor => moved(tensor, here, there));
    used.push(...all);
    return [name, Array.isArray(input) ? all : all[0]] as const;
  });
  try {
    const outputs = kernel.kernelFunc({ inputs: Object.fromEntries(entries) as tf.NamedTensorInfoMap, attrs, backend: there });
    used.push(...[outputs].flat());
    const back = [outputs].flat().map(output => moved(output, there, here));
    return Array.isArray(outputs) ? back : (back[0] as tf.TensorInfo);
  } finally {
    for (const { dataId } of used) there.disposeData(dataId, true);
  }
}

for (const kernel of tf.getKernelsForBackend('cpu')) {
  if (tf.getKernel(kernel.kernelName, 'tensorflow')) continue;
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => runOnCpu(kernel, inputs, attrs);
  tf.registerKernel({ kernelName: kernel.kernelName, backendName: 'tensorflow', kernelFunc });
}
