import type { BatchNormAttributes } from '../../../../model/ops/batch-norm.ts';
import type { Conv2dAttributes } from '../../../../model/ops/conv2d.ts';
import type { PoolAttributes } from '../../../../model/pooling.ts';
import { bordersOf, extentOf, type Window } from '../../../../model/window.ts';
import type { NodeAttributes } from '../graph.ts';
import { besideChannels, type LayerRule, type LayerWriter } from './rule.ts';

const given = (names: readonly (string | undefined)[]): readonly string[] => names.filter(name => name !== undefined);

const input = ({ inputs }: LayerWriter) => inputs[0] as LayerWriter['inputs'][number];

/** A sliding window over an image: `same` is written out. */
function slides(layer: LayerWriter): Readonly<Record<'kernel_shape' | 'strides' | 'pads', readonly number[]>> {
  const window = layer.attributes as unknown as Window;
  const [[top, bottom], [left, right]] = bordersOf(input(layer).shape.slice(1), window);
  return { kernel_shape: window.kernelSize, strides: window.strides, pads: [top, left, bottom, right] };
}

/** [h, w, in / groups, out] as [out, in / groups, h, w]. */
export const conv2d: LayerRule = layer => {
  const { dilations, groups } = layer.attributes as unknown as Conv2dAttributes;
  const reads = given([input(layer).name, layer.parameter('kernel', { order: [3, 2, 0, 1] }), layer.parameter('bias')]);
  layer.node({ part: 'layer', op: 'Conv' }, reads, { ...slides(layer), dilations, group: groups });
};

/** [h, w, c, m] as [c · m, 1, h, w]. */
export const depthwiseConv2d: LayerRule = layer => {
  const { kernelSize, dilations } = layer.attributes as unknown as Conv2dAttributes;
  const kernel = layer.parameter('kernel', { order: [2, 3, 0, 1], shape: [layer.shape[3] as number, 1, ...kernelSize] });
  const reads = given([input(layer).name, kernel, layer.parameter('bias')]);
  layer.node({ part: 'layer', op: 'Conv' }, reads, { ...slides(layer), dilations, group: input(layer).shape[3] as number });
};

/** [h, w, out, in] as [in, out, h, w]. What is cut off is the border of the convolution that this one transposes. */
export const conv2dTranspose: LayerRule = layer => {
  const window = layer.attributes as unknown as Window;
  const { strides, kernelSize } = window;
  const [, height = 1, width = 1] = input(layer).shape;
  const cut = bordersOf([height * strides[0], width * strides[1]], window);
  const ends = [height, width].map((size, a) => {
    const full = (size - 1) * (strides[a] as number) + (extentOf(window)[a] as number);
    return full - (layer.shape[a + 1] as number) - (cut[a as 0 | 1][0] as number);
  });
  const reads = given([input(layer).name, layer.parameter('kernel', { order: [3, 2, 0, 1] }), layer.parameter('bias')]);
  layer.node({ part: 'layer', op: 'ConvTranspose' }, reads, {
    kernel_shape: kernelSize,
    strides,
    pads: [cut[0][0], cut[1][0], ...ends.map(end => Math.max(0, end))],
    output_padding: ends.map(end => Math.max(0, -end)),
  });
};

/** A product over the last axis of rows. */
export const dense: LayerRule = layer => {
  const reads = [layer.rows(0), layer.parameter('kernel') as string];
  const bias = layer.parameter('bias');
  if (layer.shape.length === 2) return void layer.node({ part: 'layer', op: 'Gemm' }, given([...reads, bias]));
  const product = layer.node({ part: 'product', op: 'MatMul' }, reads);
  layer.unrolled(bias ? layer.node({ part: 'sum', op: 'Add' }, [product, bias]) : product);
};

/** x · γ / √(σ² + ε) + β - μ · γ / √(σ² + ε), worked out in double precision. */
export const batchNorm: LayerRule = layer => {
  const { epsilon } = layer.attributes as unknown as BatchNormAttributes;
  const of = (role: string): Float64Array => Float64Array.from(layer.numbersOf(role));
  const [gamma, beta, mean, variance] = [of('gamma'), of('beta'), of('mean'), of('variance')];
  const factor = gamma.map((g, c) => g / Math.sqrt((variance[c] as number) + epsilon));
  const offset = factor.map((f, c) => (beta[c] as number) - (mean[c] as number) * f);
  const shape = besideChannels(layer.shape);
  const scaled = layer.node({ part: 'scaled', op: 'Mul' }, [input(layer).name, layer.reals('factor', factor, shape)]);
  layer.node({ part: 'moved', op: 'Add' }, [scaled, layer.reals('offset', offset, shape)]);
};

export const scale: LayerRule = layer =>
  void layer.node({ part: 'scaled', op: 'Mul' }, [
    input(layer).name,
    layer.parameter('scale', { shape: besideChannels(layer.shape) }) as string,
  ]);

export const layerNorm: LayerRule = layer => {
  const reads = given([layer.rows(0), layer.parameter('gamma'), layer.parameter('beta')]);
  const { epsilon } = layer.attributes as { epsilon: number };
  layer.unrolled(layer.node({ part: 'normal', op: 'LayerNormalization' }, reads, { axis: -1, epsilon: { real: epsilon } }));
};

/** Rows of a table by whole numbers. */
export const embedding: LayerRule = layer => {
  const table = layer.parameter('table') as string;
  layer.unrolled(layer.node({ part: 'rows', op: 'Gather' }, [table, layer.rows(0)], { axis: 0 }));
};

/** A window that rounds down leaves the last rows out on both sides, and a border counts for nothing. */
export const pool =
  (op: 'MaxPool' | 'AveragePool'): LayerRule =>
  layer => {
    const own: NodeAttributes = op === 'AveragePool' ? { count_include_pad: 0 } : {};
    layer.node({ part: 'pool', op }, [input(layer).name], {
      ...slides({ ...layer, attributes: layer.attributes as PoolAttributes & LayerWriter['attributes'] }),
      ...own,
    });
  };

/** The mean over height and width. */
export const globalAveragePool: LayerRule = layer =>
  void layer.node({ part: 'mean', op: 'ReduceMean' }, [input(layer).name, layer.wholes('axes', [2, 3])], { keepdims: 0 });
