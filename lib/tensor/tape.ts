import { asking, readsFirst } from './register.ts';
import { tf } from './tfjs.ts';

// The way back along the gradient tape, as the engine walks it but for what it costs. The engine keeps everything that was saved on the way there, and each gradient
// of a tensor in between, until the last gradient is known. Here they go as soon as the op that needs them is behind: a step needs about half the memory, and the
// next gradient finds some that is still in the cache. What is saved is not an op on the tape, which only gradients of gradients need: those take the engine's own way.

interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly saved: readonly tf.Tensor[] | null;
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Readonly<Record<string, () => tf.Tensor>>;
}

interface Found {
  readonly value: tf.Tensor;
  readonly grads: (tf.Tensor | undefined)[];
}

interface Engine {
  readonly state: { readonly gradientDepth: number; activeTape: TapeNode[] | null };
  readonly backend: { incRef(dataId: object): void };
  startTape(): void;
  endTape(): void;
  scopedRun<T>(start: () => void, end: () => void, f: () => T): T;
  nextTensorId(): number;
  makeTensorFromTensorInfo(info: tf.TensorInfo): tf.Tensor;
  gradients(f: () => tf.Tensor, xs: tf.Tensor[], dy?: tf.Tensor | null, allowNoGradients?: boolean): Found;
  saveTensorsForBackwardMode(tensors: tf.Tensor[]): tf.Tensor[];
}

const engine = tf.engine() as unknown as Engine;

/** The nodes on the way from `xs` to y, the last one first, each with those of its inputs that depend on xs. */
function between(tape: readonly TapeNode[], xs: readonly tf.Tensor[], y: tf.Tensor): readonly TapeNode[] {
  const dependent = new Set(xs.map(({ id }) => id));
  const forward: TapeNode[] = [];
  for (const node of tape) {
    const inputs = Object.entries(node.inputs).filter(([, { id }]) => dependent.has(id));
    if (inputs.length === 0) continue;
    for (const { id } of node.outputs) dependent.add(id);
    forward.push({ ...node, inputs: Object.fromEntries(inputs) });
  }
  const leading = new Set([y.id]);
  return forward.reverse().filter(({ inputs, outputs }) => {
    if (!outputs.some(({ id }) => leading.has(id))) return false;
    for (const { id } of Object.values(inputs)) leading.add(id);
    return true;
  });
}

/** Gradients by the id of the tensor that they belong to. */
type Known = Map<number, tf.Tensor>;

/** Adds to the gradients of a node's inputs what comes through it. */
function pass(known: Known, { kernelName, inputs, outputs, gradient }: TapeNode): void {
  if (!gradient) throw new Error(`Cannot compute gradient: gradient function not found for ${kernelName}.`);
  const dys = outputs.map(({ id }) => known.get(id) ?? null);
  const [first = null] = dys;
  const found = asking(Object.keys(inputs), () => gradient(first && readsFirst.has(kernelName) ? dys.map(() => first) : dys));
  for (const [name, x] of Object.entries(inputs)) {
    const of = found[name];
    if (!of) throw new Error(`Cannot backprop through input ${name}. Available gradients found: ${Object.keys(found)}.`);
    const dx = tf.tidy(of);
    const says = `Error in gradient for op ${kernelName}. The gradient of input ${name}`;
    if (dx.dtype !== 'float32') throw new Error(`${says} must have 'float32' dtype, but has '${dx.dtype}'`);
    if (!tf.util.arraysEqual(dx.shape, x.shape))
      throw new Error(`${says} has shape '${dx.shape}', which does not match the shape of the input '${x.shape}'`);
    const before = known.get(x.id);
    known.set(x.id, before ? tf.add(before, dx) : dx);
    before?.dispose();
  }
}

function stands(known: Known, tensor: tf.Tensor): boolean {
  for (const each of known.values()) if (each === tensor) return true;
  return false;
}

/** Lets go of what a node behind leaves: gradients of its outputs that were made on this way and nobody asks for, and what was saved for it. */
function leave(known: Known, { outputs, saved }: TapeNode, { wanted, since }: { wanted: ReadonlySet<number>; since: number }): void {
  for (const { id } of outputs) {
    const gradient = known.get(id);
    if (!gradient || wanted.has(id)) continue;
    known.delete(id);
    if (gradient.id > since && !gradient.kept && !stands(known, gradient)) gradient.dispose();
  }
  for (const tensor of saved ?? []) if (!stands(known, tensor)) tensor.dispose();
}

/** Gradients of `value` for each x, dy being that of value. */
function back(nodes: readonly TapeNode[], xs: readonly tf.Tensor[], { value, dy }: { value: tf.Tensor; dy?: tf.Tensor | null }): Found {
  const from = { wanted: new Set(xs.map(({ id }) => id)), since: engine.nextTensorId() };
  const known: Known = new Map([[value.id, dy ?? tf.ones(value.shape)]]);
  for (const node of nodes) {
    pass(known, node);
    leave(known, node, from);
  }
  for (const { saved } of engine.state.activeTape ?? []) tf.dispose([...(saved ?? [])]);
  engine.state.activeTape = null;
  return { value, grads: xs.map(({ id }) => known.get(id)) };
}

function recorded(f: () => tf.Tensor): tf.Tensor {
  const start = (): void => engine.startTape();
  const end = (): void => engine.endTape();
  const value = engine.scopedRun(start, end, () => tf.tidy('forward', f));
  if (value instanceof tf.Tensor) return value;
  throw new Error('The result y returned by f() must be a tensor.');
}

const nested = engine.gradients.bind(engine);
engine.gradients = (...given) => {
  const [f, xs, dy, allowNoGradients] = given;
  const usual = engine.state.gradientDepth === 0 && xs.length > 0 && (dy?.dtype ?? 'float32') === 'float32';
  if (!usual) return asking(undefined, () => nested(...given));
  const value = recorded(f);
  const nodes = between(engine.state.activeTape ?? [], xs, value);
  if (!allowNoGradients && nodes.length === 0)
    throw new Error(
      'Cannot compute gradient of y=f(x) with respect to x. Make sure that the f you passed encloses all operations that lead from x to y.',
    );
  return tf.engine().tidy('backward', (() => back(nodes, xs, { value, dy })) as never) as unknown as Found;
};

const save = engine.saveTensorsForBackwardMode.bind(engine);
engine.saveTensorsForBackwardMode = tensors => {
  if (engine.state.gradientDepth !== 1 || tensors.some(({ dtype }) => dtype === 'complex64' || dtype === 'string')) return save(tensors);
  return tensors.map(({ dataId, shape, dtype }) => {
    engine.backend.incRef(dataId);
    return tf.keep(engine.makeTensorFromTensorInfo({ dataId, shape, dtype }));
  });
};
