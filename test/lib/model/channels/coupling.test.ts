import { expect, test } from 'vitest';
import { pruneChannels } from '../../../../lib/compress/prune/channels/prune-channels.ts';
import { network } from '../../../../lib/model/build.ts';
import { channelGroups, prunableGroups } from '../../../../lib/model/channels/groups.ts';
import { initialize } from '../../../../lib/model/initialize.ts';
import type { Graph } from '../../../../lib/model/model.ts';
import { resNet8 } from '../../../../lib/model/resnet.ts';
import { inferShapes } from '../../../../lib/model/shapes.ts';

/** Groups as one line each: name, channels, and where each lies. */
const said = (graph: Graph): string[] =>
  channelGroups(graph).map(({ name, channels, members, fixed }) => {
    const places = members.map(({ parameter, axis, copies }) => `${parameter}@${axis}${copies > 1 ? `x${copies}` : ''}`);
    return `${name} ${channels}${fixed ? '!' : ''}: ${places.join(' ')}`;
  });

test('a residual sum ties both branches, the first convolution of a block is free', () => {
  const groups = prunableGroups(resNet8());
  expect(groups.map(({ name, channels }) => [name, channels])).toEqual([
    ['conv2d-1', 16],
    ['conv2d-2', 16],
    ['conv2d-4', 32],
    ['conv2d-5', 32],
    ['conv2d-7', 64],
    ['conv2d-8', 64],
  ]);
  const kernels = groups[0]?.members.filter(({ role }) => role === 'kernel').map(({ parameter, axis, side }) => [parameter, axis, side]);
  expect(kernels).toEqual([
    ['conv2d-1.kernel', 3, 'out'],
    ['conv2d-2.kernel', 2, 'in'],
    ['conv2d-3.kernel', 3, 'out'],
    ['conv2d-4.kernel', 2, 'in'],
    ['conv2d-5.kernel', 2, 'in'],
  ]);
});

test('flatten: a channel is a feature of the next dense layer for each pixel', () => {
  const net = network('net', [2, 2, 1]).conv2d(3, 1, { bias: false }).flatten().dense(2, { bias: false }).graph();
  expect(said(net)).toEqual([
    'input 1!: conv2d-1.kernel@2',
    'conv2d-1 3: conv2d-1.kernel@3 dense-1.kernel@0x4',
    'dense-1 2!: dense-1.kernel@1',
  ]);
  const [, group] = channelGroups(net);
  expect(group?.members[1]?.positions).toEqual(Int32Array.of(0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11));
});

test('depthwise: input and output are one; with a multiplier each channel owns several outputs', () => {
  const net = network('net', [4, 4, 1]).conv2d(3, 1, { bias: false }).depthwiseConv2d(3, { multiplier: 2 }).conv2d(1, 1, { bias: false });
  expect(said(net.graph())).toEqual([
    'input 1!: conv2d-1.kernel@2',
    'conv2d-1 3: conv2d-1.kernel@3 depthwise-conv2d-1.kernel@2 depthwise-conv2d-1.bias@0x2 conv2d-2.kernel@2x2',
    'conv2d-2 1!: conv2d-2.kernel@3',
  ]);
});

test('grouped: one channel of every group goes; the groups stay', () => {
  const options = { bias: false, groups: 2 };
  const net = network('net', [4, 4, 1]).conv2d(4, 1, { bias: false }).conv2d(6, 1, options).conv2d(1, 1, { bias: false });
  expect(said(net.graph())).toEqual([
    'input 1!: conv2d-1.kernel@2',
    'conv2d-1 2: conv2d-1.kernel@3x2 conv2d-2.kernel@2',
    'conv2d-2 3: conv2d-2.kernel@3x2 conv2d-3.kernel@2x2',
    'conv2d-3 1!: conv2d-3.kernel@3',
  ]);
  const small = pruneChannels(net.model(), { keep: { 'conv2d-1': [1], 'conv2d-2': [0, 2] } });
  expect(small.nodes.map(({ attributes }) => attributes.groups)).toEqual([undefined, 1, 2, 1]);
  expect(inferShapes(small).get('conv2d-2')).toEqual([4, 4, 4]);
  // each group reads one channel now, so that from here on whole groups go
  expect(said(small)[1]).toBe('conv2d-1 2: conv2d-1.kernel@3 conv2d-2.kernel@3x2 conv2d-3.kernel@2x2');
});

test('a depthwise convolution that is written as a grouped one loses whole groups', () => {
  const net = network('net', [4, 4, 1]).conv2d(3, 1, { bias: false }).conv2d(6, 3, { groups: 3 }).conv2d(1, 1, { bias: false });
  expect(said(net.graph())[1]).toBe('conv2d-1 3: conv2d-1.kernel@3 conv2d-2.kernel@3x2 conv2d-2.bias@0x2 conv2d-3.kernel@2x2');
  const small = pruneChannels(net.model(), { keep: { 'conv2d-1': [0, 2] } });
  expect(small.nodes[2]?.attributes).toMatchObject({ filters: 4, groups: 2 });
});

test('concat keeps its parts apart; a sum with it ties each part to the channels it meets', () => {
  const net = network('net', [4, 4, 1]).conv2d(2, 1, { id: 'a', bias: false });
  net.from('input').conv2d(3, 1, { id: 'b', bias: false }).from('a').concat('b', { id: 'ab' });
  net.from('input').conv2d(5, 1, { id: 'c', bias: false }).add('ab').conv2d(1, 1, { id: 'd', bias: false });
  expect(said(net.graph())).toEqual([
    'input 1!: a.kernel@2 b.kernel@2 c.kernel@2',
    'a 2: a.kernel@3 c.kernel@3 d.kernel@2',
    'b 3: b.kernel@3 c.kernel@3 d.kernel@2',
    'd 1!: d.kernel@3',
  ]);
});

test('channels that parts of others share fall into groups of their own, named by where they start', () => {
  const net = network('net', [4, 4, 1]).conv2d(5, 1, { id: 'c', bias: false });
  net.from('input').conv2d(2, 1, { id: 'a', bias: false }).from('input').conv2d(3, 1, { id: 'b', bias: false });
  net.from('a').concat('b', { id: 'ab' }).from('c').add('ab').conv2d(1, 1, { id: 'd', bias: false });
  expect(prunableGroups(net.graph()).map(({ name, channels }) => [name, channels])).toEqual([
    ['c', 2],
    ['c:2', 3],
  ]);
});

test('what must stay says why', () => {
  const net = network('net', [4, 4, 2])
    .conv2d(2, 1, { id: 'a' })
    .add('input')
    .conv2d(4, 1, { id: 'b' })
    .layerNorm()
    .conv2d(4, 1, { id: 'c' });
  net.reshape([8, 8, 1]).conv2d(6, 1, { id: 'd' }).reshape([8, 4, 12]).reshape([8, 3, 16]).conv2d(3, 1, { id: 'e' }).activation('softmax');
  expect(channelGroups(net.conv2d(2, 1, { id: 'f' }).graph()).map(({ name, fixed }) => [name, fixed])).toEqual([
    ['input', 'they are the input of the model'],
    ['b', 'layer-norm-1 normalises over all of them'],
    ['c', undefined],
    ['d', 'reshape-3 moves them to other axes'],
    ['reshape-3', 'reshape-3 makes them of parts of others'],
    ['e', 'softmax-1 divides by the sum over all of them'],
    ['f', 'they are the output of the model'],
  ]);
});

test('a parameter that two layers share is cut once, for both', () => {
  const { nodes, ...rest } = network('net', [4, 4, 3])
    .conv2d(3, 1, { bias: false })
    .relu()
    .conv2d(3, 1, { bias: false })
    .conv2d(2, 1)
    .graph();
  const shared = nodes.map(node => (node.id === 'conv2d-2' ? { ...node, parameters: { kernel: 'conv2d-1.kernel' } } : node));
  const groups = channelGroups(initialize({ ...rest, nodes: shared }));
  expect(groups.map(({ name, fixed }) => [name, fixed])).toEqual([
    ['input', 'they are the input of the model'],
    ['conv2d-3', 'they are the output of the model'],
  ]);
});
