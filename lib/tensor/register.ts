import { tf } from './tfjs.ts';

type Inputs = Readonly<Record<string, tf.Tensor>>;

/** Puts a kernel into the native backend, in place of the one that is there. Attributes arrive as the caller of the op gave them. */
export function registerKernel<Attributes>(
  name: string,
  run: (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[],
): void {
  const backendName = 'tensorflow';
  if (tf.getKernel(name, backendName)) tf.unregisterKernel(name, backendName);
  tf.registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: ({ inputs, attrs }) => run(inputs as unknown as Inputs, attrs as unknown as Attributes),
  });
}

/** What a gradient needs from the forward pass: inputs by name, outputs by position. */
interface Saved {
  readonly inputs?: string[];
  readonly outputs?: boolean[];
  /** Of a kernel with several outputs: its gradient looks at the first one's dy only, so that nobody needs to make zeros for the others. */
  readonly first?: true;
}

/** Kernels whose gradient looks at the first output's dy only. */
export const readsFirst: ReadonlySet<string> = new Set<string>();

let asked: readonly string[] | undefined;

/** Calls f, a kernel's gradient, and says meanwhile which of the kernel's inputs a gradient is asked for; undefined where nobody can say. */
export function asking<T>(inputs: readonly string[] | undefined, f: () => T): T {
  const before = asked;
  asked = inputs;
  try {
    return f();
  } finally {
    asked = before;
  }
}

/** Whether a gradient is asked for one of these inputs of the kernel whose gradient runs now; true where nobody can say. */
export const isAsked = (...inputs: readonly string[]): boolean => asked === undefined || inputs.some(name => asked?.includes(name));

/**
 * Registers the gradient of a kernel. `gradient` gets dy (a list when the kernel has several outputs), the saved inputs, then the saved
 * outputs, and the attributes. It returns for each input a function that computes its gradient, called only where one is needed and in a
 * scope of its own: work shared by several inputs belongs into the body of `gradient`.
 */
export function registerGradient<Dy extends tf.Tensor | tf.Tensor[], Attributes>(
  name: string,
  save: Saved,
  gradient: (dy: Dy, saved: tf.Tensor[], attributes: Attributes) => Record<string, () => tf.Tensor>,
): void {
  if (save.first) (readsFirst as Set<string>).add(name);
  tf.registerGradient({
    kernelName: name,
    inputsToSave: save.inputs ?? [],
    outputsToSave: save.outputs ?? [],
    gradFunc: (dy, saved, attrs) => gradient(dy as Dy, saved, attrs as unknown as Attributes),
  });
}

/** Runs a registered kernel, so that it is on the gradient tape. */
export function runKernel<T extends tf.Tensor | tf.Tensor[]>(name: string, inputs: Inputs, attributes: object = {}): T {
  return tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as T;
}

/** The kernel that is in the native backend now, to be asked from one that takes its place. Its tensors belong to the enclosing scope. */
export function presentKernel(name: string): (inputs: Inputs, attributes?: object) => tf.Tensor[] {
  const { kernelFunc } = tf.getKernel(name, 'tensorflow');
  return (inputs, attributes = {}) => {
    const outputs = kernelFunc({ inputs: inputs as tf.NamedTensorMap, attrs: attributes as tf.NamedAttrMap, backend: tf.backend() });
    return [outputs].flat().map(made => (made instanceof tf.Tensor ? made : tf.engine().makeTensorFromTensorInfo(made)));
  };
}
