import { LabError } from '../../tensor/errors.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { Attribute } from '../model.ts';
import type { Labels } from './channel-sets.ts';
import type { Coupling, CouplingContext, Side } from './rule.ts';

const first = ({ inputs }: CouplingContext): Labels => inputs[0] as Labels;
const repeat = (channels: Labels, times: number): Labels =>
  Int32Array.from({ length: channels.length * times }, (_, i) => channels[Math.floor(i / times)] as number);

/** The i-th channel of each of `parts` equal parts is one channel; returns the channels of a part. */
function tieParts(context: CouplingContext, channels: Labels, parts: number): Labels {
  const size = channels.length / parts;
  const part = channels.subarray(0, size);
  for (let i = 1; i < parts; i++) context.unite(part, channels.subarray(i * size, (i + 1) * size));
  return part;
}

/** One value for each channel: scales, shifts, statistics, biases. */
function carryEach(context: CouplingContext, roles: readonly string[], along: { side: Side; channels: Labels }): Labels {
  for (const role of roles) context.carry(role, 0, along);
  return along.channels;
}

/** Activations, pooling, borders: each channel by itself, nothing to cut. */
const eachAlone: Coupling = { couple: first };

/** A sum needs the same channels on every side. */
const sum: Coupling = { couple: context => context.inputs.reduce((a, b) => context.unite(a, b)) };

/** What relates channels to each other (a mean, a denominator over all of them) gives other values once one is gone. */
const mixes = (how: string): Coupling => ({
  couple(context) {
    context.fix(first(context), `${context.id} ${how} all of them`);
    return carryEach(context, ['gamma', 'beta'], { side: 'through', channels: first(context) });
  },
});

/**
 * Kernel [k_h, k_w, in / groups, out]. Groups stay equally large: one channel of every group goes at a time, at the same place of the group.
 * Where a group reads a single channel (a depthwise convolution, written as a grouped one) the whole group goes.
 */
const conv2d: Coupling = {
  couple(context) {
    const { groups, filters } = context.attributes as { groups: number; filters: number };
    const x = first(context);
    if (groups > 1 && x.length === groups) {
      const passed = { side: 'through', channels: repeat(x, filters / groups) } as const;
      context.carry('kernel', 3, passed);
      return carryEach(context, ['bias'], passed);
    }
    const made = { side: 'out', channels: context.make(filters) } as const;
    tieParts(context, made.channels, groups);
    context.carry('kernel', 2, { side: 'in', channels: tieParts(context, x, groups) });
    context.carry('kernel', 3, made);
    return carryEach(context, ['bias'], made);
  },
  resize: ({ groups }, { input, output }) => ({
    filters: output.after,
    groups: groups === input.before ? input.after : (groups as number),
  }),
};

/** Kernel [k_h, k_w, filters, in]: the two axes stand the other way round. */
const conv2dTranspose: Coupling = {
  couple(context) {
    const made = { side: 'out', channels: context.make(context.attributes.filters as number) } as const;
    context.carry('kernel', 2, made);
    context.carry('kernel', 3, { side: 'in', channels: first(context) });
    return carryEach(context, ['bias'], made);
  },
  resize: (_, { output }) => ({ filters: output.after }),
};

/** Kernel [k_h, k_w, in, multiplier]: each input channel owns `multiplier` outputs. */
const depthwiseConv2d: Coupling = {
  couple(context) {
    const x = first(context);
    context.carry('kernel', 2, { side: 'through', channels: x });
    return carryEach(context, ['bias'], { side: 'through', channels: repeat(x, context.attributes.multiplier as number) });
  },
};

/** Kernel [in, units]. */
const dense: Coupling = {
  couple(context) {
    const made = { side: 'out', channels: context.make(context.attributes.units as number) } as const;
    context.carry('kernel', 0, { side: 'in', channels: first(context) });
    context.carry('kernel', 1, made);
    return carryEach(context, ['bias'], made);
  },
  resize: (_, { output }) => ({ units: output.after }),
};

const batchNorm: Coupling = {
  couple: context => carryEach(context, ['gamma', 'beta', 'mean', 'variance'], { side: 'through', channels: first(context) }),
};

/** Along the channels the inputs stand side by side; along another axis their channels are the same. */
const concat: Coupling = {
  couple(context) {
    const { inputs, output } = context;
    const axis = context.attributes.axis as number;
    if (axis !== -1 && axis !== output.length - 1) return sum.couple(context);
    return Int32Array.from(inputs.flatMap(channels => [...channels]));
  },
};

/**
 * Values keep their row-major order, so a last axis that is a multiple of the old one repeats the channels (a block of features for each
 * pixel), and one that divides it ties those that meet in one place. Anything else shifts channels against each other.
 */
const reshape: Coupling = {
  couple(context) {
    const x = first(context);
    const width = context.output.at(-1) ?? 1;
    if (width % x.length === 0) return Int32Array.from({ length: width }, (_, i) => x[i % x.length] as number);
    if (x.length % width === 0) return tieParts(context, x, x.length / width);
    context.fix(x, `${context.id} moves them to other axes`);
    const mixed = context.make(width);
    context.fix(mixed, `${context.id} makes them of parts of others`);
    return mixed;
  },
  resize({ shape }, { output }): Readonly<Record<string, Attribute>> {
    return shape === undefined ? {} : { shape: (shape as Shape).with(-1, output.after) };
  },
};

const input: Coupling = {
  couple(context) {
    const made = context.make(context.output.at(-1) ?? 1);
    context.fix(made, 'they are the input of the model');
    return made;
  },
};

/** The rule of every op, by its name. A new op needs its line here. */
export const couplings: Readonly<Record<string, Coupling>> = {
  add: sum,
  'average-pool': eachAlone,
  'batch-norm': batchNorm,
  concat,
  conv2d,
  'conv2d-transpose': conv2dTranspose,
  dense,
  'depthwise-conv2d': depthwiseConv2d,
  flatten: reshape,
  'global-average-pool': eachAlone,
  'hard-swish': eachAlone,
  input,
  'layer-norm': mixes('normalises over'),
  'leaky-relu': eachAlone,
  'max-pool': eachAlone,
  pad: eachAlone,
  relu: eachAlone,
  relu6: eachAlone,
  reshape,
  sigmoid: eachAlone,
  softmax: mixes('divides by the sum over'),
  swish: eachAlone,
  tanh: eachAlone,
};

/**
 * The rule of one op.
 * @throws LabError `prune/coupling` for an op without one.
 */
export function couplingOf(op: string): Coupling {
  const rule = couplings[op];
  if (rule) return rule;
  throw new LabError('prune/coupling', `No rule says how ${op} ties channels.`, 'Add it to lib/model/channels/coupling.ts.');
}
