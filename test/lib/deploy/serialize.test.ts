import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { decode } from '../../../lib/check/decode.ts';
import { encode } from '../../../lib/check/encode.ts';
import type { Program } from '../../../lib/deploy/program.ts';
import { runProgram } from '../../../lib/deploy/run.ts';
import { loadProgram, saveProgram } from '../../../lib/deploy/save.ts';
import { checkedProgram, decodeProgram, encodeProgram } from '../../../lib/deploy/serialize.ts';
import type { ProgramFileLimits } from '../../../lib/deploy/structure.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { encodeModel } from '../../../lib/model/serialize.ts';
import { LabError } from '../../../lib/tensor/errors.ts';
import { arbitraryProgram, opNames, randomProgram } from './arbitrary-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tinylab-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sample = randomProgram(5, ['conv2d', 'dense', 'softmax']);
const good = encodeProgram(sample);
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const text = new TextDecoder().decode(good.graph);

/** How reading ends after the JSON was changed. */
function afterChange(change: (file: Changed) => void, limits?: ProgramFileLimits): string {
  const file = JSON.parse(text) as Changed;
  change(file);
  return codeOf(() => decodeProgram({ ...good, graph: bytes(file) }, limits));
}

interface Changed {
  [key: string]: unknown;
  tensors: Record<string, unknown>[];
  steps: { op: unknown; inputs: unknown[]; outputs: unknown[]; attributes: Record<string, unknown> }[];
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof LabError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a program as files', () => {
  it('comes back with every type, frozen, and gives the same bytes again', () => {
    fc.assert(
      fc.property(arbitraryProgram, ({ program, inputs }) => {
        const file = encodeProgram(program);
        const back = decodeProgram(file);
        expect(back).toEqual(program);
        expect(runProgram(back, inputs)).toEqual(runProgram(program, inputs));
        expect(encodeProgram(back)).toEqual(file);
        expect([back, back.tensors, back.steps, back.steps[0]?.attributes].every(Object.isFrozen)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps what tensors say of their scales, and elements that are views into something larger', () => {
    const [x, ...rest] = sample.tensors;
    const views = rest.map(tensor => {
      if (!(tensor.data instanceof Int8Array)) return tensor;
      const larger = new Int8Array(tensor.data.length + 3);
      larger.set(tensor.data, 3);
      return { ...tensor, data: larger.subarray(3) };
    });
    const quantization = { scale: [0.1, 0.3, 1e-9], zeroPoint: [1, 2, 3], axis: 3 };
    const scaled = { ...(x as Program['tensors'][number]), shape: [1, 1, 1, 3], quantization };
    const program = { ...sample, tensors: [...sample.tensors.slice(0, 1), ...views] };
    expect(decodeProgram(encodeProgram(program))).toEqual(sample);
    const alone = { name: 'one', tensors: [scaled], steps: [], inputs: [0], outputs: [0] };
    expect(decodeProgram(encodeProgram(alone)).tensors[0]?.quantization).toEqual(quantization);
  });

  it('is saved and loaded', () => {
    const path = join(folder, 'nested/net');
    saveProgram(sample, path);
    expect(loadProgram(path)).toEqual(sample);
    expect(existsSync(`${path}.safetensors`)).toBe(true);
    expect(codeOf(() => loadProgram(join(folder, 'none')))).toBe('model/missing');
    expect(codeOf(() => loadProgram(path, { bytes: 10 }))).toBe('model/limit');
  });

  it('crosses to a check and back, big integers included', () => {
    const program = checkedProgram(randomProgram(1, opNames));
    expect(decode(JSON.parse(JSON.stringify(encode(program))))).toEqual(program);
  });
});

const changes: readonly (readonly [string, string, (file: Changed) => void])[] = [
  ['another format', 'deploy/file', file => Object.assign(file, { format: 'tinylab model' })],
  ['another version', 'deploy/file', file => Object.assign(file, { version: 2 })],
  ['a field more', 'model/graph', file => Object.assign(file, { extra: 1 })],
  ['tensors that are no list', 'deploy/file', file => Object.assign(file, { tensors: {} })],
  ['a tensor that is no record', 'model/graph', file => Object.assign(file.tensors, { 0: null })],
  ['a type that is none', 'deploy/file', file => Object.assign(file.tensors[0] as object, { type: 'toString' })],
  ['a shape of text', 'deploy/file', file => Object.assign(file.tensors[0] as object, { shape: ['1'] })],
  ['a shape of fractions', 'deploy/program', file => Object.assign(file.tensors[0] as object, { shape: [1.5] })],
  ['a negative shape', 'deploy/program', file => Object.assign(file.tensors[0] as object, { shape: [-1, -4] })],
  ['a gigantic value', 'deploy/program', file => Object.assign(file.tensors[0] as object, { shape: [2 ** 30, 2 ** 30] })],
  ['a constant of another size', 'deploy/file', file => Object.assign(file.tensors[1] as object, { shape: [1, 1, 1, 1] })],
  ['a gigantic constant', 'deploy/file', file => Object.assign(file.tensors[1] as object, { shape: [2 ** 40, 2 ** 40] })],
  ['a constant of another type', 'deploy/file', file => Object.assign(file.tensors[1] as object, { type: 'float32' })],
  ['a constant that is no constant', 'deploy/file', file => Object.assign(file.tensors[1] as object, { constant: false })],
  ['a constant that is missing', 'deploy/file', file => delete file.tensors[1]?.constant],
  ['a long name', 'deploy/file', file => Object.assign(file, { name: 'x'.repeat(513) })],
  [
    'an axis that is a word',
    'deploy/file',
    file => Object.assign(file.tensors[0] as object, { quantization: { scale: [1], zeroPoint: [0], axis: 'length' } }),
  ],
  ['an op that is none', 'deploy/op', file => Object.assign(file.steps[0] as object, { op: 'constructor' })],
  ['an op that is no text', 'deploy/file', file => Object.assign(file.steps[0] as object, { op: 7 })],
  ['attributes that are a list', 'deploy/file', file => Object.assign(file.steps[0] as object, { attributes: [] })],
  ['an attribute more', 'model/attribute', file => Object.assign(file.steps[0]?.attributes as object, { groups: 1 })],
  ['a step that reads ahead', 'deploy/program', file => file.steps.reverse()],
  ['a step that reads a fraction', 'deploy/program', file => file.steps[0]?.inputs.splice(0, 1, 0.5)],
  ['an output that nothing writes', 'deploy/program', file => Object.assign(file, { outputs: [99] })],
  ['no input', 'deploy/program', file => Object.assign(file, { inputs: [] })],
  ['another digest', 'deploy/file', file => Object.assign(file, { sha256: '0' })],
];

describe('hostile files of programs', () => {
  it.each(changes)('%s: %s', (_, code, change) => {
    expect(afterChange(change)).toBe(code);
  });

  it.each([
    ['graphBytes', { graphBytes: 100 }, 'model/limit'],
    ['bytes', { bytes: 10 }, 'model/limit'],
    ['tensors', { tensors: 2 }, 'model/limit'],
    ['steps', { steps: 2 }, 'model/limit'],
    ['maximumBytes', { maximumBytes: 10 }, 'deploy/limit'],
    ['maximumMacs', { maximumMacs: 10 }, 'deploy/limit'],
  ] as const)('are held to %s', (_, limits, code) => {
    expect(codeOf(() => decodeProgram(good, limits))).toBe(code);
  });

  it('are refused with keys that hide others, and when they are no JSON', () => {
    const with_ = (graph: string) => codeOf(() => decodeProgram({ ...good, graph: bytes(graph) }));
    expect(with_(text.replace('"name"', '"name": "a", "name"'))).toBe('model/duplicate');
    expect(with_(text.replace('"attributes": {', '"attributes": { "__proto__": 1, '))).toBe('model/attribute');
    expect(with_('{')).toBe('model/json');
    expect(with_('null')).toBe('model/graph');
    expect(codeOf(() => decodeProgram({ ...encodeModel(mlp({ input: [2], hidden: [], classes: 2 })) }))).toBe('model/graph');
  });

  it('never do anything but decode or refuse, whatever byte is another', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 0, max: 255 }), (inGraph, at, byte) => {
        const [graph, values] = [good.graph.slice(), good.values.slice()];
        const target = inGraph ? graph : values;
        target[at % target.length] = byte;
        codeOf(() => decodeProgram({ graph, values }));
      }),
      { numRuns: 1000 },
    );
  });

  it('values that are no program are refused', () => {
    for (const value of [null, 7, [], {}, { ...sample, tensors: [1] }, mlp({ input: [2], hidden: [], classes: 2 })])
      expect(['model/graph', 'deploy/file']).toContain(codeOf(() => checkedProgram(value)));
    const { data } = sample.tensors[1] as { data: Int8Array };
    const tensors = sample.tensors.map((tensor, i) => (i === 1 ? { ...tensor, data: [...data] } : tensor));
    expect(codeOf(() => checkedProgram({ ...sample, tensors }))).toBe('deploy/file');
  });
});
