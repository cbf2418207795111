import { type KernelCase, refuseCase } from '../case.ts';
import { Draft, type Trial } from '../draft.ts';

/** A way to read numbers as a tensor and to order its axes anew. */
interface Move {
  readonly shape: readonly number[];
  readonly permutation: readonly number[];
}

/** Comparisons of single numbers that a search may take. */
const patience = 2e9;

/**
 * A transposition. Headers have lost its dimensions, so that what the name says of the axes ("chwn" of n, h, w, c) and the data must tell them: the case is
 * refused where no shape moves the input to the output, or shapes that move it differently do.
 */
export function transpose(layer: KernelCase): Trial {
  const [input, output] = [layer.needArray('input_tensor', 'input_data', 'input'), layer.needArray('output', 'output_ref_data')];
  const stated = listOf(layer.text('IN_DIM'));
  const orders = ordersOf(layer);
  const shapes = stated ? [stated] : shapesOf(input.length, orders[0]?.length ?? 0);
  if (shapes.length * orders.length * input.length > patience) refuseCase('its dimensions are lost, and there are too many to try.');
  const found = new Map<string, Move>();
  for (const shape of shapes)
    for (const permutation of orders) {
      const move = { shape, permutation };
      if (stated || moves(move, input.data, output.data)) found.set(keyOf(move), move);
    }
  const [move, another] = [...found.values()];
  if (!move) return refuseCase('its dimensions are lost, and no shape takes the input to the output.');
  if (another) refuseCase(`its dimensions are lost; [${move.shape}] and [${another.shape}] both take the input to the output.`);
  const draft = new Draft();
  const x = draft.input(input, move.shape);
  const shape = move.permutation.map(axis => move.shape[axis] as number);
  return draft.trial(layer.name, draft.step('transpose', [x], { type: x.type, shape, permutation: [...move.permutation] }), output);
}

/** "{1, 2, 3}" as numbers. */
function listOf(text: string): number[] | undefined {
  const numbers = text.match(/\d+/g)?.map(Number);
  return numbers && numbers.length > 1 ? numbers : undefined;
}

/** The orders of axes that the header or the name admits; without a word on it, any. */
function ordersOf(layer: KernelCase): readonly (readonly number[])[] {
  const stated = listOf(layer.text('PERM'));
  if (stated) return [stated];
  const letters = /_([nhwc]{2,4})(?:_|$)/.exec(layer.name)?.[1];
  const axes = [...'nhwc'].filter(letter => letters?.includes(letter));
  if (letters && axes.length === letters.length) return [[...letters].map(letter => axes.indexOf(letter))];
  const rank = layer.need('PERM_SIZE');
  return rank === 2 ? [[1, 0]] : permutations(rank);
}

function permutations(rank: number): number[][] {
  if (rank === 0) return [[]];
  if (rank > 4) refuseCase(`it has ${rank} axes, in an order that nothing tells.`);
  return permutations(rank - 1).flatMap(rest => Array.from({ length: rank }, (_, at) => [...rest.slice(0, at), rank - 1, ...rest.slice(at)]));
}

/** Every shape of this rank with so many numbers. */
function shapesOf(size: number, rank: number): number[][] {
  if (rank === 1) return [[size]];
  const shapes: number[][] = [];
  for (let first = 1; first <= size; first++)
    if (size % first === 0) for (const rest of shapesOf(size / first, rank - 1)) shapes.push([first, ...rest]);
  return shapes;
}

/** Shapes that move numbers alike have one key: axes of length 1 left out, those that stay beside each other taken together. */
function keyOf({ shape, permutation }: Move): string {
  const order = permutation.filter(axis => shape[axis] !== 1);
  const runs: number[][] = [];
  for (const axis of order) {
    const run = runs.at(-1);
    const between = run && shape.slice((run.at(-1) as number) + 1, axis).every(size => size === 1);
    if (run && axis > (run.at(-1) as number) && between) run.push(axis);
    else runs.push([axis]);
  }
  return signature(shape, runs);
}

/** The lengths of the runs in the input's order, and their order in the output. */
function signature(shape: readonly number[], runs: readonly (readonly number[])[]): string {
  const inOrder = [...runs].sort((a, b) => (a[0] as number) - (b[0] as number));
  const length = (run: readonly number[]): number => run.reduce((size, axis) => size * (shape[axis] as number), 1);
  return `${inOrder.map(length)} ${runs.map(run => inOrder.indexOf(run))}`;
}

function moves({ shape, permutation }: Move, input: readonly unknown[], output: readonly unknown[]): boolean {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const lengths = permutation.map(axis => shape[axis] as number);
  const strides = permutation.map(axis => steps[axis] as number);
  const at = lengths.map(() => 0);
  let from = 0;
  for (let i = 0; i < output.length; i++) {
    if (input[from] !== output[i]) return false;
    for (let axis = at.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      from += strides[axis] as number;
      if ((at[axis] as number) < (lengths[axis] as number)) break;
      from -= (strides[axis] as number) * (lengths[axis] as number);
      at[axis] = 0;
    }
  }
  return true;
}
