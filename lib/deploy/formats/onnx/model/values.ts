import type { NodeAttributes } from '../graph.ts';
import { axisIn, orderOf, reordered } from '../layout.ts';
import { refuseOnnx } from '../refuse.ts';
import type { LayerRule, LayerWriter } from './rule.ts';

const names = ({ inputs }: LayerWriter): readonly string[] => inputs.map(({ name }) => name);

/** One node of ONNX for one of a model. */
export const one =
  (op: string): LayerRule =>
  layer =>
    void layer.node({ part: 'value', op }, names(layer));

/** Values, one after the other. */
export const folded =
  (op: 'Add' | 'Mul'): LayerRule =>
  layer => {
    const [first, ...others] = names(layer) as [string, ...string[]];
    others.reduce((sum, next, i) => layer.node({ part: `value-${i}`, op }, [sum, next]), first);
  };

export const relu6: LayerRule = layer =>
  void layer.node({ part: 'value', op: 'Clip' }, [...names(layer), layer.reals('low', [0], []), layer.reals('high', [6], [])]);

export const leakyRelu: LayerRule = layer =>
  void layer.node({ part: 'value', op: 'LeakyRelu' }, names(layer), { alpha: { real: (layer.attributes as { slope: number }).slope } });

export const swish: LayerRule = layer => {
  const gate = layer.node({ part: 'gate', op: 'Sigmoid' }, names(layer));
  layer.node({ part: 'value', op: 'Mul' }, [...names(layer), gate]);
};

/** -1 below 0, else 1; scaled by the mean magnitude of the example's values. */
export const sign: LayerRule = layer => {
  const { scaled } = layer.attributes as { scaled: boolean };
  const [x] = names(layer) as [string];
  const below = layer.node({ part: 'below', op: 'Less' }, [x, layer.reals('zero', [0], [])]);
  const signs = layer.node({ part: 'sign', op: 'Where' }, [below, layer.reals('minus', [-1], []), layer.reals('plus', [1], [])]);
  if (!scaled) return;
  const axes = layer.wholes('axes', [...layer.shape.keys()].slice(1));
  const size = layer.node({ part: 'size', op: 'Abs' }, [x]);
  const mean = layer.node({ part: 'mean', op: 'ReduceMean' }, [size, axes], { keepdims: 1 });
  layer.node({ part: 'scaled', op: 'Mul' }, [signs, mean]);
};

export const softmax: LayerRule = layer =>
  void layer.node({ part: 'value', op: 'Softmax' }, names(layer), { axis: axisIn(layer.shape, layer.shape.length - 1) });

export const concat: LayerRule = layer => {
  const { axis } = layer.attributes as { axis: number };
  const whole = axis < 0 ? axis + layer.shape.length : axis + 1;
  layer.node({ part: 'joined', op: 'Concat' }, names(layer), { axis: axisIn(layer.shape, whole) });
};

const modes: Readonly<Record<string, string>> = { zero: 'constant', reflect: 'reflect', replicate: 'edge' };

export const pad: LayerRule = layer => {
  const { sides, mode } = layer.attributes as { sides: readonly number[]; mode: string };
  const [top = 0, bottom = 0, left = 0, right = 0] = sides;
  const around = layer.wholes('sides', [0, 0, top, left, 0, 0, bottom, right]);
  layer.node({ part: 'padded', op: 'Pad' }, [...names(layer), around], { mode: { text: modes[mode] as string } });
};

export const reshape: LayerRule = layer => {
  const shaped = layer.node({ part: 'shaped', op: 'Reshape' }, [layer.rows(0), layer.wholes('shape', [-1, ...layer.shape.slice(1)])]);
  layer.unrolled(shaped);
};

export const transpose: LayerRule = layer => {
  const { permutation } = layer.attributes as { permutation: readonly number[] };
  const turned = layer.node({ part: 'turned', op: 'Transpose' }, [layer.rows(0)], { perm: [0, ...permutation.map(axis => axis + 1)] });
  layer.unrolled(turned);
};

export const matmul: LayerRule = layer => {
  const { transposeA, transposeB } = layer.attributes as { transposeA: boolean; transposeB: boolean };
  const side = (i: 0 | 1, turned: boolean): string => {
    const rows = layer.rows(i);
    if (!turned) return rows;
    const axes = [...(layer.inputs[i] as LayerWriter['inputs'][number]).shape.keys()];
    const perm = [...axes.slice(0, -2), axes.at(-1) as number, axes.at(-2) as number];
    return layer.node({ part: `turned-${i}`, op: 'Transpose' }, [rows], { perm });
  };
  layer.unrolled(layer.node({ part: 'product', op: 'MatMul' }, [side(0, transposeA), side(1, transposeB)]));
};

/** Real numbers to integers and back: of 8 bits, with a scale for the value or for each channel. */
export const fakeQuantize: LayerRule = layer => {
  const { bits, signed, perChannel } = layer.attributes as { bits: number; signed: boolean; perChannel: boolean };
  if (bits !== 8) refuseOnnx(`node ${layer.layer.id} rounds to ${bits} bits.`, 'Lower the model and write the program, or give it 8 bits.');
  const shape = perChannel ? [layer.shape.at(-1) as number] : [];
  const grid = [
    layer.reals('scale', layer.numbersOf('scale'), shape),
    layer.integers('zero', layer.numbersOf('zero-point'), { signed, shape }),
  ];
  const attributes: NodeAttributes = perChannel
    ? { axis: reordered([...layer.shape.keys()], orderOf(layer.shape)).indexOf(layer.shape.length - 1) }
    : {};
  const stored = layer.node({ part: 'stored', op: 'QuantizeLinear' }, [...names(layer), ...grid], attributes);
  layer.node({ part: 'value', op: 'DequantizeLinear' }, [stored, ...grid], attributes);
};
