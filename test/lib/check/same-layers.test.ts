import { type Model, mlp, network, pruneChannels, quantize, sameLayers, vgg, withParameters } from 'tinylab';
import { describe, expect, it } from 'vitest';

const tiny = (seed: number): Model => vgg({ input: [8, 8, 1], widths: [4, 'M', 6], classes: 3, seed });
const net = tiny(1);

/** The same with every node changed. */
const changed = (model: Model, change: (node: Model['nodes'][number]) => Partial<Model['nodes'][number]>): Model => ({
  ...model,
  nodes: model.nodes.map(node => ({ ...node, ...change(node) })),
});

/** The same with nodes and parameters under other names. */
function renamed(model: Model): Model {
  const to = (name: string): string => `the ${name}`;
  const roles = (parameters: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(parameters)
        .toReversed()
        .map(([role, name]) => [role, to(name)]),
    );
  const nodes = changed(model, ({ id, inputs, parameters }) => ({
    id: to(id),
    inputs: inputs.map(to),
    parameters: roles(parameters),
  })).nodes;
  const parameters = Object.fromEntries(Object.entries(model.parameters).map(([name, parameter]) => [to(name), parameter]));
  return { ...model, nodes, output: to(model.output), parameters };
}

describe('sameLayers', () => {
  it('looks at neither values, nor names, nor how a net was begun and trained', () => {
    expect(sameLayers(net, net)).toBe(true);
    expect(sameLayers(tiny(2), net)).toBe(true);
    expect(sameLayers(renamed(net), net)).toBe(true);
    const begun = changed(net, ({ op, attributes }) => ({
      attributes: { ...attributes, ...(op === 'batch-norm' ? { momentum: 0.5 } : { initial: 'glorot' }) },
    }));
    expect(sameLayers(begun, net)).toBe(true);
    const stored = quantize.quantizeWeights(net, { format: quantize.affineFormat({ bits: 2 }), granularity: quantize.axis(-1) });
    expect(sameLayers(stored, net)).toBe(true);
  });

  it('tells networks apart that compute otherwise', () => {
    const [relu = ''] = net.nodes.filter(({ op }) => op === 'relu').map(({ id }) => id);
    const epsilon = changed(net, ({ op, attributes }) => (op === 'batch-norm' ? { attributes: { ...attributes, epsilon: 1e-3 } } : {}));
    const others: Readonly<Record<string, Model>> = {
      'one node fewer': quantize.foldBatchNorm(net),
      'other widths': pruneChannels(net, { ratio: 0.5 }),
      'another op': changed(net, ({ id }) => (id === relu ? { op: 'sigmoid' } : {})),
      'another attribute': epsilon,
      'other wires': changed(net, ({ id, inputs }) => (inputs[0] === relu && id !== relu ? { inputs: [net.nodes[1]?.id as string] } : {})),
      'another output': { ...net, output: relu },
      'a further output': { ...net, outputs: { hidden: relu } },
      'a role that is missing': changed(net, ({ op, parameters: { bias, ...rest } }) => (op === 'dense' ? { parameters: rest } : {})),
    };
    for (const [name, other] of Object.entries(others)) {
      expect(sameLayers(other, net), name).toBe(false);
      expect(sameLayers(net, other), name).toBe(false);
    }
  });

  it('compares further outputs by name and place', () => {
    const [first = '', second = ''] = net.nodes.filter(({ op }) => op === 'relu').map(({ id }) => id);
    const named = (id: string): Model => ({ ...net, outputs: { hidden: id } });
    expect(sameLayers(renamed(net), net)).toBe(true);
    expect(sameLayers({ ...renamed(net), outputs: { hidden: `the ${first}` } }, named(first))).toBe(true);
    expect(sameLayers(named(second), named(first))).toBe(false);
    expect(sameLayers({ ...net, outputs: { other: first } }, named(first))).toBe(false);
  });

  it('with `fewer` lets channels be fewer, never more, and kernels keep their height and width', () => {
    const cut = pruneChannels(net, { ratio: 0.5 });
    expect([sameLayers(cut, net, { fewer: true }), sameLayers(net, cut, { fewer: true })]).toEqual([true, false]);
    const sized = (size: number): Model => network('sized', [6, 6, 1], { seed: 1 }).conv2d(2, size).globalAveragePool().dense(2).model();
    expect(sameLayers(sized(1), sized(3), { fewer: true })).toBe(false);
    const dense = (hidden: number): Model => mlp({ input: [2, 2, 1], hidden: [hidden], classes: 2, seed: 1 });
    expect([sameLayers(dense(2), dense(3)), sameLayers(dense(2), dense(3), { fewer: true })]).toEqual([false, false]);
  });

  it('a parameter that the model does not have has no shape', () => {
    const { 'dense-1.bias': gone, ...rest } = net.parameters;
    expect(gone).toBeDefined();
    expect(sameLayers({ ...net, parameters: rest }, net)).toBe(false);
    expect(sameLayers(withParameters(net, {}), net)).toBe(true);
  });
});
