import { accuracy, array, type Dataset, type Model, modelSize, quantize, realValue, withParameters } from 'tinylab';

/** How weights are rounded: a scale for each `size` neighbours of what an output sums over, all of it where none is given. */
export interface Grouped {
  readonly bits: number;
  readonly size?: number;
  /** Around 0, without a zero point; default false. */
  readonly symmetric?: boolean;
}

/** The network with each kernel rounded in groups, whatever its shape. */
export const atGroups = (folded: Model, { bits, size = Number.POSITIVE_INFINITY, symmetric = false }: Grouped): Model =>
  kernelsOf(folded).reduce((model, name) => {
    const { shape, data } = (folded.parameters[name] as Model['parameters'][string]).value;
    const outputs = shape.at(-1) as number;
    const granularity = quantize.group(Math.min(size, data.length / outputs), 0);
    const flat = array([data.length / outputs, outputs], data.slice());
    const rounded = quantize.quantizeValue(flat, { format: quantize.affineFormat({ bits, symmetric }), granularity }, name);
    return withParameters(model, { [name]: { value: array(shape, realValue({ ...rounded, trainable: true }).data) } });
  }, folded);

const kernelsOf = (model: Model): string[] => model.nodes.flatMap(({ parameters: { kernel } }) => (kernel ? [kernel] : []));

const shown = [8, 6, 4, 3, 2];
const kinds = { symmetric: true, affine: false };
const grids = { tensor: quantize.tensor(), channel: quantize.channel() };

/** The network with its weights on grids: symmetric and affine, by what shares a scale, at 8 to 2 bits. */
function* onGrids(folded: Model): Generator<readonly [name: string, model: Model]> {
  for (const [kind, symmetric] of Object.entries(kinds))
    for (const [scope, granularity] of Object.entries(grids))
      for (const bits of shown) {
        const format = quantize.affineFormat({ bits, symmetric });
        yield [`weights ${bits} bits, ${kind}, ${scope}`, quantize.quantizeWeights(folded, { format, granularity })];
      }
}

function* inGroups(folded: Model): Generator<readonly [name: string, model: Model]> {
  for (const [kind, symmetric] of Object.entries(kinds))
    for (const bits of shown) yield [`weights ${bits} bits, ${kind}, group of 32`, atGroups(folded, { bits, size: 32, symmetric })];
}

/** What is left of the accuracy when nothing but the weights is rounded. */
export const weightBits = (folded: Model, images: Dataset): Record<string, number[]> =>
  Object.fromEntries(
    [...onGrids(folded), ...inGroups(folded)].map(([name, model]) => [name, [Math.round(accuracy(model, images) * 1e4) / 1e4]]),
  );

/** Bytes of the parameters: on grids that the layers have themselves, and with code books. */
export function weightBytes(dense: Model): Record<string, number> {
  const shared = [8, 4, 2, 1].map(bits => [`k-means ${bits} bits`, quantize.kMeansQuantize(dense, { bits })] as const);
  const all = [['float', dense] as const, ...shared, ...onGrids(quantize.foldBatchNorm(dense))];
  return Object.fromEntries(all.map(([name, model]) => [name, modelSize(model)]));
}
