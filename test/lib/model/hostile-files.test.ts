import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withParameters } from '../../../lib/model/model.ts';
import { checkedModel, decodeModel, encodeModel } from '../../../lib/model/serialize.ts';
import type { ModelLimits } from '../../../lib/model/validate.ts';
import { array, zeros } from '../../../lib/tensor/array.ts';
import { LabError } from '../../../lib/tensor/errors.ts';
import { sample } from './arbitrary-model.ts';

interface GraphFile {
  name: unknown;
  output: unknown;
  nodes: { id: string; op: string; attributes: Record<string, unknown>; inputs: string[]; parameters: Record<string, string> }[];
  parameters: Record<string, Record<string, unknown>>;
  [key: string]: unknown;
}
type Header = Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>;

const good = encodeModel(sample());
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof LabError) return error.code;
    throw error;
  }
  return 'accepted';
}

/** The code that decoding gives after the graph file was changed. */
function afterGraph(change: (file: GraphFile) => void, limits?: ModelLimits): string {
  const file = JSON.parse(textOf(good.graph)) as GraphFile;
  change(file);
  return codeOf(() => decodeModel({ ...good, graph: bytes(JSON.stringify(file)) }, limits));
}

/** The code that decoding gives after the header of the values was changed. */
function afterHeader(change: (header: Header) => void, limits?: ModelLimits): string {
  const view = Buffer.from(good.values);
  const length = Number(view.readBigUInt64LE(0));
  const header = JSON.parse(view.toString('utf8', 8, 8 + length)) as Header;
  change(header);
  return codeOf(() => decodeModel({ ...good, values: withHeader(JSON.stringify(header)) }, limits));
}

function withHeader(json: string): Uint8Array {
  const view = Buffer.from(good.values);
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  return Buffer.concat([start, bytes(json), view.subarray(8 + Number(view.readBigUInt64LE(0)))]);
}

const node = (file: GraphFile, i: number): GraphFile['nodes'][number] => file.nodes[i] as GraphFile['nodes'][number];
const parameter = (file: GraphFile, name: string): Record<string, unknown> => file.parameters[name] as Record<string, unknown>;
const entry = (header: Header, name: string): Header[string] => header[name] as Header[string];

const graphCases: readonly (readonly [string, string, (file: GraphFile) => void])[] = [
  ['nothing changed', 'accepted', () => undefined],
  ['another version', 'model/json', f => (f.version = 2)],
  ['an unknown field', 'model/graph', f => (f.extra = 1)],
  ['nodes that are no list', 'model/graph', f => (f.nodes = {} as never)],
  ['a node that is null', 'model/graph', f => (f.nodes[1] = null as never)],
  ['a node with an unknown field', 'model/graph', f => Object.assign(node(f, 1), { code: 'x' })],
  ['an unknown op', 'model/op', f => (node(f, 1).op = 'eval')],
  ['an op named like a method', 'model/op', f => (node(f, 1).op = 'toString')],
  ['an id of Object.prototype', 'model/name', f => (node(f, 1).id = 'constructor')],
  ['an id that is a number', 'model/name', f => (node(f, 1).id = 5 as never)],
  ['two nodes with one id', 'model/duplicate', f => (node(f, 2).id = node(f, 1).id)],
  ['no input', 'model/input', f => f.nodes.shift()],
  [
    'two inputs, one with the attributes of an operation',
    'model/attribute',
    f => f.nodes.push({ ...node(f, 1), op: 'input', id: 'input-2', inputs: [], parameters: {} }),
  ],
  ['an input of an unknown dtype', 'model/attribute', f => (node(f, 0).attributes.dtype = 'complex64')],
  ['outputs that are a list', 'model/graph', f => (f.outputs = ['input'])],
  ['a named output that is no node', 'model/node', f => (f.outputs = { features: 'nowhere' })],
  ['a named output with the name of another node', 'model/name', f => (f.outputs = { [node(f, 1).id]: node(f, 2).id })],
  ['a named output called output', 'model/name', f => (f.outputs = { output: node(f, 2).id })],
  ['a named output with the name of a member of Object.prototype', 'model/name', f => (f.outputs = { toString: node(f, 2).id })],
  ['nodes out of order', 'model/order', f => f.nodes.reverse()],
  ['a node that reads itself', 'model/order', f => (node(f, 2).inputs = [node(f, 2).id])],
  ['too many inputs', 'model/arity', f => (node(f, 3).inputs = ['input', 'input'])],
  ['an output that is no node', 'model/node', f => (f.output = 'nowhere')],
  ['an attribute too many', 'model/attribute', f => (node(f, 1).attributes.secret = 1)],
  ['an attribute missing', 'model/attribute', f => delete node(f, 1).attributes.groups],
  ['an attribute of the wrong type', 'model/attribute', f => (node(f, 1).attributes.filters = '2')],
  ['an attribute that is a record', 'model/attribute', f => (node(f, 1).attributes.filters = { valueOf: 2 })],
  ['a negative stride', 'model/attribute', f => (node(f, 1).attributes.strides = [-1, 1])],
  ['a kernel too large for the image', 'model/window', f => Object.assign(node(f, 1).attributes, { kernelSize: [9, 9], padding: 'valid' })],
  ['groups that do not divide', 'model/groups', f => (node(f, 1).attributes.groups = 2)],
  ['filters that do not fit the values', 'model/parameter', f => (node(f, 1).attributes.filters = 3)],
  ['a shape beyond all numbers', 'model/limit', f => (node(f, 0).attributes.shape = [1e6, 1e6, 1])],
  ['sizes whose product is not exact', 'shape/invalid', f => (node(f, 0).attributes.shape = [2 ** 40, 2 ** 40, 1])],
  ['a role that the op lacks', 'model/parameter', f => (node(f, 1).parameters.bias = 'dense-1.bias')],
  ['a role missing', 'model/parameter', f => (node(f, 1).parameters = {})],
  ['a parameter shared by different shapes', 'model/parameter', f => (node(f, 5).parameters.kernel = 'dense-1.bias')],
  ['a parameter without a record', 'model/parameter', f => delete f.parameters['dense-1.bias']],
  ['a record without a node', 'model/parameter', f => (f.parameters.more = { dtype: 'float32', trainable: true })],
  ['a dtype that does not exist', 'model/dtype', f => (parameter(f, 'dense-1.bias').dtype = 'float64')],
  ['a dtype that the file does not have', 'model/parameter', f => (parameter(f, 'dense-1.bias').dtype = 'int32')],
  ['trainable that is no boolean', 'model/parameter', f => (parameter(f, 'dense-1.bias').trainable = 'yes')],
  ['a mask that the file does not have', 'model/parameter', f => (parameter(f, 'dense-1.bias').mask = 'bool')],
  ['a mask left out', 'model/parameter', f => delete parameter(f, 'dense-1.kernel').mask],
  ['a quantization left out', 'model/parameter', f => delete parameter(f, 'conv2d-1.kernel').quantization],
  [
    'bits that do not hold the values',
    'model/quantization',
    f => (parameter(f, 'conv2d-1.kernel').quantization = { bits: 2, codebook: false }),
  ],
  ['bits 0', 'model/quantization', f => (parameter(f, 'conv2d-1.kernel').quantization = { bits: 0, codebook: false })],
  [
    'an axis that is none',
    'model/quantization',
    f => (parameter(f, 'conv2d-1.kernel').quantization = { bits: 4, axis: 4, codebook: false }),
  ],
  ['too few scales', 'model/quantization', f => (parameter(f, 'conv2d-1.kernel').quantization = { bits: 4, axis: 3, codebook: false })],
  ['a quantization of real numbers', 'model/quantization', f => (parameter(f, 'dense-1.bias').quantization = { bits: 4, codebook: false })],
];

test.each(graphCases)('graph with %s: %s', (_, code, change) => {
  expect(afterGraph(change)).toBe(code);
});

const limitCases: readonly (readonly [string, ModelLimits])[] = [
  ['graphBytes', { graphBytes: 100 }],
  ['bytes', { bytes: 100 }],
  ['nodes', { nodes: 3 }],
  ['depth', { depth: 3 }],
  ['values', { values: 8 }],
  ['macs', { macs: 10 }],
];

test.each(limitCases)('the cap on %s holds', (_, limits) => {
  expect(afterGraph(() => undefined, limits)).toBe('model/limit');
});

test('values that are not finite are refused on request', () => {
  const model = sample();
  const broken = withParameters(model, { 'dense-1.bias': { value: array([3], [0, Number.NaN, 1]) } });
  expect(codeOf(() => decodeModel(encodeModel(broken)))).toBe('accepted');
  expect(codeOf(() => decodeModel(encodeModel(broken), { finite: true }))).toBe('model/finite');
  expect(codeOf(() => checkedModel(model, { finite: true }))).toBe('accepted');
});

test('an op that is not on the list is refused', () => {
  expect(afterGraph(() => undefined, { ops: ['input', 'dense'] })).toBe('model/op');
});

const headerCases: readonly (readonly [string, string, (header: Header) => void])[] = [
  ['a dtype unknown to us', 'model/dtype', h => (entry(h, 'dense-1.bias').dtype = 'F64')],
  ['a shape that is none', 'shape/invalid', h => (entry(h, 'dense-1.bias').shape = [-1])],
  ['a shape of another size', 'model/offsets', h => (entry(h, 'dense-1.bias').shape = [2])],
  ['offsets that overlap', 'model/offsets', h => (entry(h, 'dense-1.bias').data_offsets = entry(h, 'batch-norm-1.beta').data_offsets)],
  ['offsets that are fractions', 'model/offsets', h => (entry(h, 'dense-1.bias').data_offsets = [0.5, 12.5])],
  ['offsets beyond the file', 'model/offsets', h => (entry(h, 'dense-1.bias').data_offsets = [1e9, 1e9 + 12])],
  ['a tensor less', 'model/offsets', h => delete h['dense-1.bias']],
  [
    'a tensor under another name',
    'model/parameter',
    h => {
      h.other = entry(h, 'dense-1.bias');
      delete h['dense-1.bias'];
    },
  ],
  ['an empty tensor more', 'model/parameter', h => (h.more = { dtype: 'F32', shape: [0], data_offsets: [0, 0] })],
  ['an entry that is null', 'model/dtype', h => (h['dense-1.bias'] = null as never)],
];

test.each(headerCases)('values with %s: %s', (_, code, change) => {
  expect(afterHeader(change)).toBe(code);
});

describe('raw bytes', () => {
  const decodeValues = (values: Uint8Array): string => codeOf(() => decodeModel({ ...good, values }));
  const decodeGraph = (graph: Uint8Array): string => codeOf(() => decodeModel({ ...good, graph }));

  test('short, long, and with a false header length', () => {
    expect(decodeValues(new Uint8Array(0))).toBe('model/header');
    expect(decodeValues(good.values.slice(0, -1))).toBe('model/offsets');
    expect(decodeValues(Buffer.concat([good.values, Buffer.alloc(1)]))).toBe('model/offsets');
    const huge = good.values.slice();
    huge.fill(255, 0, 8);
    expect(decodeValues(huge)).toBe('model/header');
    expect(decodeValues(withHeader('[]'))).toBe('model/header');
    expect(decodeValues(withHeader('{'))).toBe('model/header');
  });

  test('keys that stand twice, also when spelled differently', () => {
    const text = textOf(good.graph);
    expect(decodeGraph(bytes(text.replace('"name":', '"name": "x", "name":')))).toBe('model/duplicate');
    expect(decodeGraph(bytes(text.replace('"name":', '"\\u006eame": "x", "name":')))).toBe('model/duplicate');
    expect(decodeValues(withHeader('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":1}'))).toBe('model/duplicate');
  });

  test('text that is no JSON, deep nesting, no UTF-8', () => {
    expect(decodeGraph(bytes('{'))).toBe('model/json');
    expect(decodeGraph(bytes('null'))).toBe('model/graph');
    expect(decodeGraph(bytes(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toBe('model/graph');
    expect(decodeGraph(Uint8Array.of(0x22, 0xff, 0x22))).toBe('model/json');
    expect(decodeGraph(bytes('{"__proto__": {"nodes": []}, "name": "x"}'))).toBe('model/graph');
  });

  test('any damaged byte gives a named error or a whole model, never a crash', () => {
    const place = fc.record({
      part: fc.constantFrom('graph' as const, 'values' as const),
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 3 }), damage => {
        const copy = { graph: good.graph.slice(), values: good.values.slice() };
        for (const { part, at, byte } of damage) copy[part][at % copy[part].length] = byte;
        expect(codeOf(() => decodeModel(copy))).toMatch(/^(accepted|model\/[a-z]+|shape\/[a-z]+)$/);
      }),
      { numRuns: 400, seed: 8 },
    );
  });
});

test('values that are larger than the graph says are refused: counts come from the graph', () => {
  const model = sample();
  const kernel = { value: zeros([16, 64]) };
  expect(codeOf(() => checkedModel(withParameters(model, { 'dense-1.kernel': kernel })))).toBe('model/parameter');
});

test('a value that is no model is refused by name', () => {
  const { parameters, ...rest } = sample();
  const wrong = [null, 5, [], {}, { ...rest, parameters: 1 }, { ...rest, parameters: { a: null } }];
  for (const value of wrong) expect(codeOf(() => checkedModel(value))).toBe('model/graph');
  const bias = { ...parameters['dense-1.bias'] };
  const withBias = (value: unknown): unknown => ({ ...rest, parameters: { ...parameters, 'dense-1.bias': { ...bias, value } } });
  expect(codeOf(() => checkedModel(withBias(3)))).toBe('model/parameter');
  expect(codeOf(() => checkedModel(withBias({ shape: [3], dtype: 'float32', data: new Float32Array(2) })))).toBe('array/size');
  expect(codeOf(() => checkedModel(withBias({ shape: [3], dtype: 'float32', data: new Float64Array(3) })))).toBe('model/parameter');
});
