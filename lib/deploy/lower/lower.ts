import { type Model, type Node, outputNodes } from '../../model/model.ts';
import { inferShapes } from '../../model/shapes.ts';
import { LabError } from '../../tensor/errors.ts';
import { roundHalfEven } from '../../tensor/round.ts';
import type { Shape } from '../../tensor/shape.ts';
import { ends } from '../integer/stored.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import { type Grid, gridOf, quantizationOf, refuseLowering } from './grid.ts';
import { type Lowered, type Lowering, requantize } from './rule.ts';
import { rules } from './rules.ts';

/**
 * The model as a program of integers: weights become rows of integers for each output channel, each value a tensor of the grid of its `fake-quantize`
 * node, ReLUs the ends of clamps, biases 32-bit integers of scale S_x · S_w (64-bit for int16 activations). The program computes what the model does
 * with rounded values, up to a step where a rounding meets a half; average pooling, which a model does not round, is up to half a step off. An input
 * whose grid is narrower than its type is clamped first. Jacob et al. 2018.
 * @throws LabError `deploy/lower` with the node for a value that is not quantized, a batch norm that is not folded, a weight without integers or with scales that
 * change within one sum, an op without an integer form; `deploy/accumulator` for sums that 32 bits may not hold, `deploy/multiplier` for scales that are too
 * far apart.
 */
export function lowerModel(model: Model): Program {
  const shapes = inferShapes(model);
  const tensors: ProgramTensor[] = [];
  const steps: Step[] = [];
  const lowered = new Map<string, Lowered>();
  const add = (tensor: ProgramTensor): number => tensors.push(Object.freeze(tensor)) - 1;
  const value = (name: string, { grid, shape }: Pick<Lowered, 'grid' | 'shape'>): Lowered => ({
    tensor: add({ name, shape, type: grid.type, quantization: quantizationOf(grid) }),
    grid,
    shape,
  });
  const inputs: number[] = [];

  for (const node of model.nodes) {
    if (lowered.has(node.id)) continue;
    const shape = [1, ...(shapes.get(node.id) as Shape)];
    const read = node.inputs.map(id => lowered.get(id) as Lowered);
    const rule = rules[node.op as keyof typeof rules];
    if (rule === 'refused')
      refuseLowering(
        node,
        'it has no integer form.',
        node.op === 'batch-norm' ? 'Fold it first: foldBatchNorm(model).' : 'Leave it out, or keep this part in float32.',
      );
    const chain = rule.grid === 'keeps' ? { nodes: [node], grid: (read[0] as Lowered).grid } : chainOf(model, node);
    const output = value(chain.nodes.at(-1)?.id as string, { grid: chain.grid, shape });
    const lowering: Lowering = {
      model,
      node,
      inputs: read,
      output,
      value,
      constant: (name, constant) => add({ name, ...constant }),
      step: (op, { inputs, output: { tensor } }, attributes) => steps.push(Object.freeze({ op, inputs, outputs: [tensor], attributes })),
    };
    named(node, () => rule.lower(lowering));
    if (node.op === 'input') inputs.push(named(node, () => entry(lowering)));
    for (const { id } of chain.nodes) lowered.set(id, output);
  }
  const outputs = [...outputNodes(model)].map(id => (lowered.get(id) as Lowered).tensor);
  return Object.freeze({ name: model.name, tensors: Object.freeze(tensors), steps: Object.freeze(steps), inputs, outputs });
}

/** The tensor that takes an input: its value, or where that does not use all numbers of its type, one that a step clamps. */
function entry(lowering: Lowering): number {
  const { node, output, value } = lowering;
  const [low, high] = ends[output.grid.type] as readonly [number, number];
  if (output.grid.low === low && output.grid.high === high) return output.tensor;
  const given = value(node.id, { grid: { ...output.grid, low, high }, shape: output.shape });
  requantize(lowering, given, output);
  return given.tensor;
}

/** Scales that are too far apart are told with the node that they meet at. */
function named<T>({ id, op }: Node, lower: () => T): T {
  try {
    return lower();
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'deploy/multiplier') throw error;
    throw new LabError(error.code, `Node ${id} (${op}): ${error.message}`, error.hint);
  }
}

/** A node, the ReLU behind it and the `fake-quantize` node that says what is stored: one step. */
function chainOf(model: Model, node: Node): { readonly nodes: readonly Node[]; readonly grid: Grid } {
  if (node.op === 'fake-quantize') return { nodes: [node], grid: gridOf(model, node) };
  const next = onlyReader(model, node);
  if (next?.op === 'fake-quantize') return { nodes: [node, next], grid: clampedBy(node.op, gridOf(model, next)) };
  const last = next && (next.op === 'relu' || next.op === 'relu6') ? onlyReader(model, next) : undefined;
  if (next && last?.op === 'fake-quantize') return { nodes: [node, next, last], grid: clampedBy(next.op, gridOf(model, last)) };
  if (next?.op === 'batch-norm') refuseLowering(next, 'it is not folded.', 'Fold it first: foldBatchNorm(model), then quantize.');
  return refuseLowering(
    node,
    'its value is not quantized.',
    'quantizeModel(model, …) puts a fake-quantize node behind each value that is stored.',
  );
}

/** The one node that reads a node which is no output. */
function onlyReader(model: Model, { id }: Node): Node | undefined {
  const readers = model.nodes.filter(({ inputs }) => inputs.includes(id));
  return readers.length === 1 && !outputNodes(model).has(id) ? readers[0] : undefined;
}

/** The ends of a ReLU among the integers. */
function clampedBy(op: string, grid: Grid): Grid {
  if (op !== 'relu' && op !== 'relu6') return grid;
  const six = grid.zeroPoint + roundHalfEven(6 / grid.scale);
  return { ...grid, low: Math.max(grid.low, grid.zeroPoint), high: op === 'relu6' ? Math.min(grid.high, six) : grid.high };
}
