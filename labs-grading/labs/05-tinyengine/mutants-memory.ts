import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

// Known mistakes in what saves memory: in place, order, fusion, patches.

const hierarchy = slipsIn('hierarchy');
const place = slipsIn('in-place');
const planner = slipsIn('planner');
const fusion = slipsIn('fusion');
const patches = slipsIn('patches');
const split = slipsIn('where-to-split');

export const memoryMutants: readonly KnownMistake[] = [
  hierarchy('half a line', 'there the time still grows', ['ns > 0.8 * whole', 'ns > 0.45 * whole']),
  hierarchy('the longest step', 'That is the longest step', [
    'return walks.find(({ ns }) => ns > 0.8 * whole)!.bytes;',
    'return walks.at(-1)!.bytes;',
  ]),
  hierarchy('the first that does not fit', 'does not fit any more', ['walks[jump - 1]!.bytes', 'walks[jump]!.bytes']),
  hierarchy('the last jump', 'That is the second cache', [
    'walks.findIndex(({ ns }) => ns > 2 * walks[0]!.ns)',
    'walks.findIndex(({ ns }) => ns > 0.7 * walks.at(-1)!.ns)',
  ]),
  hierarchy('fewer accesses', 'that of one access', ["farWhy = 'c'", "farWhy = 'd'"]),
  place('filtered into itself', 'a filter reads neighbours', ['from: channel, to: channels });\n', 'from: channel, to: channel });\n']),
  place('overwritten before use', 'it was overwritten before use', [
    "moves.push({ op: 'filter', channel, from: channel, to: channels });\n    moves.push({ op: 'copy', channel, from: channels, to: channel });",
    "moves.push({ op: 'filter', channel, from: channel, to: (channel + 1) % (channels + 1) });",
  ]),
  place('never copied back', 'At the end slot', ["moves.push({ op: 'copy', channel, from: channels, to: channel });", '']),
  place('a byte for a slot', 'One slot more is a whole channel', [
    'height * width * (inPlace ? channels + 1 : channels + channels)',
    'inPlace ? height * width * channels + 1 : 2 * height * width * channels',
  ]),
  place('places one after the other', 'What differs is which channels', ["notInPlace = 'c'", "notInPlace = 'b'"]),
  planner('the residual is not alive', 'a residual stays in memory', [
    'later.some(step => steps[step]!.inputs.includes(tensor)) ||\n      !steps.some(({ inputs }) => inputs.includes(tensor));',
    'steps[running]!.inputs.includes(tensor);',
  ]),
  planner('one buffer too few for a residual', 'A step may read several tensors', [
    'later.some(step => steps[step]!.inputs.includes(tensor))',
    'later.some(step => steps[step]!.inputs[0] === tensor)',
  ]),
  planner('inputs are gone while a step writes', 'A step still reads its inputs', [
    'const later = order.slice(now);',
    'const later = order.slice(now + 1);',
  ]),
  planner('nothing is freed', 'Nothing is ever freed', ['order.slice(0, now + 1).filter(needed)', 'order.slice(0, now + 1)']),
  planner('the order by number', 'That is the order by number', ['extend([]);\n  return best;', 'return steps.map((_, step) => step);']),
  planner('the worst order', 'try all orders that run', [
    'peakMemory(steps, order) < peakMemory(steps, best)',
    'peakMemory(steps, order) > peakMemory(steps, best)',
  ]),
  planner('an order that does not run', 'none before the steps whose tensors it reads', [
    'if (!order.includes(step) && inputs.every(input => order.includes(input)))',
    'if (!order.includes(step) && (inputs.length > 0 || order.length > 0))',
  ]),
  fusion('no upper end', 'has an upper end too', ['Math.min(most, Math.max(0, scaled + beta[o]!))', 'Math.max(0, scaled + beta[o]!)']),
  fusion('no epsilon', 'ε is missing', ['Math.sqrt(variance[o]! + epsilon)', 'Math.sqrt(variance[o]!)']),
  fusion('layers that only write', 'reads all values', ['after * (output + output)', 'after * output']),
  patches('off by one', 'One row too many', ['last * stride - padding + kernel - 1', 'last * stride - padding + kernel']),
  patches('halo beyond the last row', 'The last row of an image', [
    'last = Math.min(size - 1, last * stride - padding + kernel - 1);',
    'last = last * stride - padding + kernel - 1;',
  ]),
  patches('halo beyond the first row', 'The first row of an image', ['Math.max(0, first * stride - padding)', 'first * stride - padding']),
  patches('from the first layer to the last', 'Go from the last layer back', ['of [...layers].reverse()', 'of layers']),
  split('too large', 'it does not fit', ['const splitAfter = cheapest.after;', 'const splitAfter = 2;']),
  split('fits and costs more', 'another choice that fits costs fewer', ['b.more < a.more', 'b.more > a.more']),
];
