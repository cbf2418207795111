import type { KernelCase } from '../case.ts';
import { Draft, type Place, type Trial, typeNamed } from '../draft.ts';
import { axesOf, both, imagesIn } from '../geometry.ts';
import { clampOf, requantization, storing } from '../layer.ts';

// Kernels without weights.

const zeroPoint = (layer: KernelCase, ...keys: readonly string[]): number => -(layer.number(...keys) ?? 0) + 0;
const flat = ({ shape }: Place): number => shape.reduce((a, b) => a * b, 1);

/** a + b or a · b, of equal sizes or one of them a single number. */
export const arithmetic =
  (op: 'add' | 'multiply') =>
  (layer: KernelCase): Trial => {
    const [a, b] = [layer.needArray('input1_data', 'input_1'), layer.needArray('input2_data', 'input_2')];
    const output = layer.needArray('output_ref_data', 'output');
    const type = typeNamed(output.type);
    const zeros = { aZeroPoint: zeroPoint(layer, 'INPUT1_OFFSET'), bZeroPoint: zeroPoint(layer, 'INPUT2_OFFSET') };
    const draft = new Draft();
    const inputs = [
      draft.input(a, [a.length], storing(typeNamed(a.type), zeros.aZeroPoint)),
      draft.input(b, [b.length], storing(typeNamed(b.type), zeros.bZeroPoint)),
    ];
    const own = op === 'multiply' ? zeros : { ...zeros, ...scales(layer) };
    const y = draft.step(op, inputs, { type, shape: [Math.max(a.length, b.length)], ...own, ...requantization(layer, {}, { channels: 1, type }) });
    return draft.trial(layer.name, y, output);
  };

const scales = (layer: KernelCase): Record<string, number> => ({
  leftShift: layer.need('LEFT_SHIFT'),
  aMultiplier: layer.need('INPUT1_MULT'),
  aShift: layer.need('INPUT1_SHIFT'),
  bMultiplier: layer.need('INPUT2_MULT'),
  bShift: layer.need('INPUT2_SHIFT'),
});

export const extreme =
  (op: 'minimum' | 'maximum') =>
  (layer: KernelCase): Trial => {
    const sides = ['BATCH', 'HEIGHT', 'WIDTH', 'CHANNEL'];
    const of = (n: number): number[] => sides.map(side => layer.need(`${side}_${n}`));
    const [a, b] = [layer.needArray('input_tensor_1', 'input1'), layer.needArray('input_tensor_2', 'input2')];
    const output = layer.needArray('output', 'output_ref_data');
    const draft = new Draft();
    const shape = of(1).map((size, axis) => (size === 1 ? (of(2)[axis] as number) : size));
    const y = draft.step(op, [draft.input(a, of(1)), draft.input(b, of(2))], { type: typeNamed(output.type), shape });
    return draft.trial(layer.name, y, output);
  };

type Adds = (draft: Draft, layer: KernelCase, x: Place) => Place;

/** A case of a kernel with one input. */
export const oneInput =
  (add: Adds) =>
  (layer: KernelCase): Trial => {
    const input = layer.needArray('input_tensor', 'input_data', 'input');
    const output = layer.needArray('output', 'output_ref_data', 'output_tensor');
    const draft = new Draft();
    return draft.trial(layer.name, add(draft, layer, draft.input(input, [input.length])), output);
  };

export const pool =
  (op: 'average-pool' | 'max-pool'): Adds =>
  (draft, layer, x) => {
    const axes = axesOf(layer);
    const [height, width] = both(axes, 'length');
    const c = layer.need('INPUT_C', 'IN_CH');
    const image = draft.shaped(x, [imagesIn(flat(x), height * width * c), height, width, c]);
    return draft.step(op, [image], {
      type: x.type,
      shape: [image.shape[0] as number, ...both(axes, 'out'), c],
      window: both(axes, 'kernel'),
      strides: both(axes, 'stride'),
      padding: both(axes, 'before'),
      ...clampOf(layer, x.type),
    });
  };

export const softmax: Adds = (draft, layer, x) => {
  const size = layer.need('ROW_SIZE');
  const output = layer.array('output_ref_data', 'output');
  const rows = draft.shaped(x, [imagesIn(flat(x), size), size]);
  return draft.step('softmax', [rows], {
    type: output ? typeNamed(output.type) : x.type,
    shape: rows.shape,
    multiplier: layer.need('INPUT_MULT', 'MULT'),
    shift: layer.need('INPUT_LEFT_SHIFT', 'SHIFT'),
    differenceMinimum: layer.number('DIFF_MIN') ?? 0,
  });
};

export const pad: Adds = (draft, layer, x) => {
  const sides = ['N', 'H', 'W', 'C'];
  const shape = sides.map(side => layer.need(`INPUT_${side}`));
  const paddings = sides.flatMap(side => [layer.number(`PRE_PAD_${side}`) ?? 0, layer.number(`POST_PAD_${side}`) ?? 0]);
  const grown = shape.map((size, axis) => size + (paddings[2 * axis] as number) + (paddings[2 * axis + 1] as number));
  return draft.step('pad', [draft.shaped(x, shape)], { type: x.type, shape: grown, paddings, value: layer.number('PAD_VALUE') ?? 0 });
};

export function matmul(layer: KernelCase): Trial {
  const of = (side: string): number[] => ['BATCH', 'HEIGHT', 'ROWS', 'COLS'].map(key => layer.need(`${side}_${key}`));
  const [a, b] = [layer.needArray('lhs_input_tensor'), layer.needArray('rhs_input_tensor')];
  const output = layer.needArray('output', 'output_ref_data');
  const type = typeNamed(output.type);
  const zeros = { aZeroPoint: zeroPoint(layer, 'LHS_OFFSET'), bZeroPoint: zeroPoint(layer, 'RHS_OFFSET') };
  const draft = new Draft();
  const inputs = [draft.input(a, of('LHS')), draft.input(b, of('RHS'))];
  const flag = (key: string): boolean => /^(1|true)$/i.test(layer.text(key));
  const y = draft.step('matmul', inputs, {
    type,
    shape: of('OUTPUT'),
    transposeA: flag('ADJ_X'),
    transposeB: flag('ADJ_Y'),
    ...zeros,
    ...requantization(layer, {}, { channels: 1, type }),
  });
  return draft.trial(layer.name, y, output);
}
