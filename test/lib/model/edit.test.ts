import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { network } from '../../../lib/model/build.ts';
import { insertAfter, removeNode, replaceNode } from '../../../lib/model/edit.ts';
import { predict } from '../../../lib/model/forward.ts';
import { inputShape, type Model, type Node, withParameters } from '../../../lib/model/model.ts';
import { decodeModel, encodeModel } from '../../../lib/model/serialize.ts';
import { filled } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { unchanged } from '../unchanged.ts';
import { arbitraryNet } from './channels/arbitrary-net.ts';

const small = (): Model =>
  network('net', [4], { seed: 1 }).dense(3, { id: 'a' }).relu({ id: 'r' }).dense(2, { id: 'b' }).output('last').model();
const ids = ({ nodes }: Model): string[] => nodes.map(({ id }) => id);
const code = (name: string): unknown => expect.objectContaining({ code: name });

describe('graph verbs', () => {
  test('a factor of 1 after any node of any net changes nothing, saves, and is gone without a trace', () => {
    fc.assert(
      fc.property(arbitraryNet, fc.nat(1000), (model, pick) => {
        const { id } = model.nodes[pick % model.nodes.length] as { id: string };
        const longer = unchanged(model, () => insertAfter(model, id, { op: 'scale', id: 'gate' }));
        const x = normal(random(pick), [2, ...inputShape(model)]);
        expect(predict(longer, x).data).toEqual(predict(model, x).data);
        expect(decodeModel(encodeModel(longer)).nodes).toEqual(longer.nodes);
        expect(removeNode(longer, 'gate')).toEqual(model);
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  test('after an output the new node is the output, the named one too', () => {
    const model = insertAfter(small(), 'b', { op: 'softmax' });
    expect([model.output, model.outputs]).toEqual(['softmax-1', { last: 'softmax-1' }]);
    expect(removeNode(model, 'softmax-1')).toEqual(small());
  });

  test('only some readers: a residual keeps what it read', () => {
    const net = network('net', [4], { seed: 1 }).dense(4, { id: 'a' }).relu({ id: 'r' }).dense(4, { id: 'b' }).add('a', { id: 'sum' });
    const model = insertAfter(net.model(), 'a', { op: 'scale', id: 's', readers: ['r'] });
    expect(model.nodes.find(({ id }) => id === 'r')?.inputs).toEqual(['s']);
    expect(model.nodes.find(({ id }) => id === 'sum')?.inputs).toEqual(['b', 'a']);
  });

  test('given parameters are taken, missing ones start from the seed', () => {
    const scale = { value: filled([3], 2), trainable: false };
    expect(insertAfter(small(), 'a', { op: 'scale', parameters: { scale } }).parameters['scale-1.scale']).toEqual(scale);
    const added = { op: 'dense', attributes: { units: 3, bias: false, initial: 'he' } } as const;
    const [one, two] = [1, 2].map(seed => insertAfter(small(), 'a', { ...added, seed }).parameters['dense-1.kernel']?.value.data);
    expect(one).not.toEqual(two);
    expect(insertAfter(small(), 'a', { ...added, seed: 1 }).parameters['dense-1.kernel']?.value.data).toEqual(one);
  });

  test('a named parameter is shared with the node that has it', () => {
    const net = network('net', [4], { seed: 1 }).dense(3, { id: 'a' }).scale({ id: 's' }).model();
    const model = insertAfter(net, 's', { op: 'scale', names: { scale: 's.scale' } });
    expect(Object.keys(model.parameters)).toEqual(Object.keys(net.parameters));
    expect(removeNode(model, 's').parameters).toEqual(net.parameters);
  });

  test('a replaced node keeps its name, its inputs and its readers; its parameters are gone', () => {
    const model = replaceNode(small(), 'r', { op: 'tanh' });
    expect(ids(model)).toEqual(['input', 'a', 'r', 'b']);
    expect(model.nodes[2]).toMatchObject({ op: 'tanh', inputs: ['a'] });
    const norm = replaceNode(insertAfter(small(), 'a', { op: 'scale', id: 's' }), 's', {
      op: 'batch-norm',
      attributes: { epsilon: 0.1, momentum: 0.9 },
      id: 'n',
    });
    expect(Object.keys(norm.parameters).filter(name => /^[sn]\./.test(name))).toEqual(['n.gamma', 'n.beta', 'n.mean', 'n.variance']);
    expect(ids(norm)).toEqual(['input', 'a', 'n', 'r', 'b']);
  });

  test('a replaced layer of the same op starts afresh, unless its parameters are handed on', () => {
    const seven = withParameters(small(), { 'b.bias': { value: filled([2], 7) } });
    const { attributes } = seven.nodes[3] as Node;
    const kernel = seven.parameters['b.kernel'] as NonNullable<(typeof seven.parameters)[string]>;
    const again = replaceNode(seven, 'b', { op: 'dense', attributes, parameters: { kernel } });
    expect(again.parameters['b.bias']?.value.data).toEqual(Float32Array.of(0, 0));
    expect(again.parameters['b.kernel']).toBe(kernel);
  });

  test('graphs without values are changed alike', () => {
    const graph = network('net', [4]).dense(3).graph();
    const longer = insertAfter(graph, 'dense-1', { op: 'scale' });
    expect('parameters' in longer).toBe(false);
    expect(longer.nodes.at(-1)?.parameters).toEqual({ scale: 'scale-1.scale' });
  });

  test('what does not fit is refused, and nothing is changed', () => {
    const model = small();
    expect(() => insertAfter(model, 'nowhere', { op: 'relu' })).toThrow(code('model/node'));
    expect(() => insertAfter(model, 'a', { op: 'relu', id: 'b' })).toThrow(code('model/node'));
    expect(() => insertAfter(model, 'a', { op: 'relu', readers: ['nobody'] })).toThrow(code('model/node'));
    expect(() => insertAfter(model, 'a', { op: 'leaky-relu' })).toThrow(code('model/attribute'));
    expect(() => insertAfter(model, 'a', { op: 'add' })).toThrow(code('model/arity'));
    expect(() => insertAfter(model, 'a', { op: 'relu', parameters: { scale: { value: filled([3], 1), trainable: true } } })).toThrow(
      code('model/parameter'),
    );
    expect(() => insertAfter(model, 'a', { op: 'scale', parameters: { scale: { value: filled([4], 1), trainable: true } } })).toThrow(
      code('shape/mismatch'),
    );
    expect(() => removeNode(model, 'a')).toThrow(code('shape/mismatch'));
    expect(() => removeNode(model, 'input')).toThrow(code('model/remove'));
    expect(model).toEqual(small());
  });
});
