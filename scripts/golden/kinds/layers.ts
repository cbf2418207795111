import { type KernelCase, refuseCase } from '../case.ts';
import { Draft, type Place, type Trial, typeNamed } from '../draft.ts';
import { axesOf, both, imagesIn } from '../geometry.ts';
import { arraysOf, biasOf, isPacked, requantization, storing, weightOf } from '../layer.ts';

// Layers with weights: each makes its step out of a header, its arrays and the value that it reads.

/** A layer's arrays but those of its ends, which a layer in a network does not have. */
type Inner = Omit<ReturnType<typeof arraysOf>, 'input' | 'output'>;
/** Adds a layer to a draft, which reads a value; `types` are those of the arrays at both ends. */
export type AddLayer = (
  draft: Draft,
  layer: KernelCase,
  from: { readonly x: Place; readonly arrays: Inner; readonly types: { readonly input: string; readonly output: string } },
) => Place;

/** A case of one layer. */
export const alone =
  (add: AddLayer) =>
  (layer: KernelCase): Trial => {
    const arrays = arraysOf(layer);
    const { input, output } = arrays;
    const draft = new Draft();
    const x = draft.input(input, [input.length], storing(typeNamed(input.type), -(layer.number('INPUT_OFFSET') ?? 0)));
    return draft.trial(layer.name, add(draft, layer, { x, arrays, types: { input: input.type, output: output.type } }), output);
  };

const sums = (layer: KernelCase): { inputZeroPoint: number; weightZeroPoint: number[] } => ({
  inputZeroPoint: -(layer.number('INPUT_OFFSET') ?? 0) + 0,
  weightZeroPoint: [-(layer.number('FILTER_OFFSET') ?? 0) + 0],
});

const sliding = (op: 'conv2d' | 'depthwise-conv2d' | 'conv2d-transpose'): AddLayer => (draft, layer, { x, arrays, types }) => {
  const { weights, bias } = arrays;
  const [c, channels] = [layer.need('IN_CH'), layer.need('OUT_CH')];
  const axes = axesOf(layer);
  const [height, width] = both(axes, 'length');
  const kernel = both(axes, 'kernel');
  const image = draft.shaped(x, [imagesIn(x.shape.reduce((a, b) => a * b, 1), height * width * c), height, width, c]);
  const places = kernel[0] * kernel[1] * channels;
  const held = isPacked(layer) && weights.length <= Math.ceil((places * c) / 2) ? 2 * weights.length : weights.length;
  const deep = layer.number('FILTER_CH') ?? (op === 'conv2d' ? Math.min(c, Math.floor(held / places)) : c);
  const shape = op === 'depthwise-conv2d' ? [1, ...kernel, channels] : [channels, ...kernel, deep];
  const type = typeNamed(types.output);
  const inputs = [image, weightOf(draft, layer, weights, shape), biasOf(draft, layer, { bias, input: types.input, channels })];
  return draft.step(op, inputs, {
    type,
    shape: [image.shape[0] as number, ...both(axes, 'out'), channels],
    strides: both(axes, 'stride'),
    dilations: both(axes, 'dilation'),
    padding: both(axes, 'before'),
    ...sums(layer),
    ...requantization(layer, arrays, { channels, type }),
  });
};

export const conv2d: AddLayer = sliding('conv2d');
export const depthwise: AddLayer = sliding('depthwise-conv2d');
export const transposedConv: AddLayer = sliding('conv2d-transpose');

/** The number of outputs is that of the biases, else the header's; headers of networks name it otherwise. */
export const dense: AddLayer = (draft, layer, { x, arrays, types }) => {
  const { weights, bias } = arrays;
  const channels = bias?.length ?? layer.need('OUT_CH');
  const count = isPacked(layer) ? layer.number('ACCUMULATION_DEPTH') : weights.length / channels;
  const deep = count !== undefined && Number.isInteger(count) ? count : refuseCase(`${weights.length} weights are no rows for ${channels} outputs.`);
  const rows = imagesIn(x.shape.reduce((a, b) => a * b, 1), deep);
  const type = typeNamed(types.output);
  const inputs = [draft.shaped(x, [rows, deep]), weightOf(draft, layer, weights, [channels, deep]), biasOf(draft, layer, { bias, input: types.input, channels })];
  return draft.step('dense', inputs, { type, shape: [rows, channels], ...sums(layer), ...requantization(layer, arrays, { channels, type }) });
};
