import type { Attributes } from '../model.ts';
import type { Labels } from './channel-sets.ts';
import type { Coupling, CouplingContext, Side } from './rule.ts';

/** The channels of the only, or first, input. */
export const firstOf = ({ inputs }: CouplingContext): Labels => inputs[0] as Labels;

/** Each channel `times` times, one after the other. */
export const repeated = (channels: Labels, times: number): Labels =>
  Int32Array.from({ length: channels.length * times }, (_, i) => channels[Math.floor(i / times)] as number);

/** The i-th channel of each of `parts` equal parts is one channel; returns the channels of a part. */
export function tieParts(context: CouplingContext, channels: Labels, parts: number): Labels {
  const size = channels.length / parts;
  const part = channels.subarray(0, size);
  for (let i = 1; i < parts; i++) context.unite(part, channels.subarray(i * size, (i + 1) * size));
  return part;
}

/** One value for each channel: scales, shifts, statistics, biases. */
export function carryEach(context: CouplingContext, roles: readonly string[], along: { side: Side; channels: Labels }): Labels {
  for (const role of roles) context.carry(role, 0, along);
  return along.channels;
}

/** Channels that stand for places, not for features: they stay. */
export function fixedChannels(context: CouplingContext, why: string): Labels {
  const made = context.make(context.output.at(-1) ?? 1);
  context.fix(made, `${context.id} ${why}`);
  return made;
}

/** Activations, pooling, borders: each channel by itself, nothing to cut. */
export const eachAlone: Coupling = { couple: firstOf };

/** One value for each channel, and nothing else: batch norm, scales. */
export const eachWith = (...roles: readonly string[]): Coupling => ({
  couple: context => carryEach(context, roles, { side: 'through', channels: firstOf(context) }),
});

/** A sum needs the same channels on every side. */
export const sameOnEverySide: Coupling = { couple: context => context.inputs.reduce((a, b) => context.unite(a, b)) };

/** What relates channels to each other (a mean, a denominator over all of them) gives other values once one is gone. */
export const mixes = (how: string): Coupling => ({
  couple(context) {
    context.fix(firstOf(context), `${context.id} ${how} all of them`);
    return carryEach(context, ['gamma', 'beta'], { side: 'through', channels: firstOf(context) });
  },
});

/**
 * Values keep their row-major order, so a last axis that is a multiple of the old one repeats the channels (a block of features for each
 * pixel), and one that divides it ties those that meet in one place. Anything else shifts channels against each other.
 */
export const reshaped: Coupling = {
  couple(context) {
    const x = firstOf(context);
    const width = context.output.at(-1) ?? 1;
    if (width % x.length === 0) return Int32Array.from({ length: width }, (_, i) => x[i % x.length] as number);
    if (x.length % width === 0) return tieParts(context, x, x.length / width);
    context.fix(x, `${context.id} moves them to other axes`);
    return fixedChannels(context, 'makes them of parts of others');
  },
  resize({ shape }, { output }): Attributes {
    return shape === undefined ? {} : { shape: (shape as readonly number[]).with(-1, output.after) };
  },
};
