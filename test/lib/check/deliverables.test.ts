import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from 'arquero';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDeliverable, saveDeliverable } from '../../../lib/check/deliverable.ts';
import { type DeliverableKindName, deliverableKinds, findKind } from '../../../lib/check/deliverables/kinds.ts';
import { encode } from '../../../lib/check/encode.ts';
import { checkedProgram } from '../../../lib/deploy/serialize.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { array } from '../../../lib/tensor/array.ts';
import { LabError } from '../../../lib/tensor/errors.ts';
import { opNames, randomProgram } from '../deploy/arbitrary-program.ts';

const net = mlp({ input: [2, 2, 1], hidden: [], classes: 3, seed: 1 });
const samples: Readonly<Record<DeliverableKindName, readonly unknown[]>> = {
  model: [net],
  program: [checkedProgram(randomProgram(1, opNames)), checkedProgram(randomProgram(2, ['conv2d', 'dense']))],
  array: [array([2], [1, 2]), array([0, 3], []), array([], [1])],
  table: [table({ name: ['a', 'b'], bits: [4, 8] }), table({ none: [] })],
  number: [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY],
  data: ['text', true, null, undefined, [], [1, 'two'], {}, { kind: 'array' }, { net }, 7n, new Float32Array([1])],
};
const cases = Object.entries(samples).flatMap(([kind, values]) =>
  values.map((value, i) => [kind as DeliverableKindName, i, value] as const),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tinylab-kinds-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof LabError ? error.code : String(error);
  }
  return 'none';
};

/** Values alike: tables by what they hold. */
const plain = (value: unknown): unknown => JSON.stringify(encode(value));

describe('kinds of deliverables', () => {
  it.each(cases)('%s: sample %i is of this kind, before it is saved and after, and comes back', (kind, _, value) => {
    expect(findKind(known => known.holds(encode(value)))?.name).toBe(kind);
    saveDeliverable(folder, 'it', value);
    expect(plain(readDeliverable(folder, 'it'))).toBe(plain(value));
    expect(readdirSync(folder).sort()).toEqual(kind === 'model' || kind === 'program' ? ['it.json', 'it.safetensors'] : ['it.json']);
  });

  it('have a sample each here', () => {
    expect(Object.keys(samples)).toEqual(Object.keys(deliverableKinds));
  });

  it.each(cases)('%s: sample %i takes the place of one of any other kind, and leaves nothing of it', (_, __, value) => {
    for (const other of Object.values(samples).map(([first]) => first)) {
      saveDeliverable(folder, 'it', other);
      saveDeliverable(folder, 'it', value);
      expect(plain(readDeliverable(folder, 'it'))).toBe(plain(value));
    }
  });

  it('read what was saved before there was a table of them', () => {
    const saved = (value: string): void =>
      writeFileSync(join(folder, 'old.json'), `{"format":"tinylab deliverable","version":1,"value":${value}}`);
    saved('{"kind":"array","shape":[2],"dtype":"float32","data":"AACAPwAAAEA="}');
    expect(readDeliverable(folder, 'old')).toEqual(array([2], [1, 2]));
    saved('{"kind":"table","columns":[["a",{"kind":"list","items":[1,2]}]]}');
    expect(plain(readDeliverable(folder, 'old'))).toBe(plain(table({ a: [1, 2] })));
    saved('{"kind":"number","value":"-Infinity"}');
    expect(readDeliverable(folder, 'old')).toBe(Number.NEGATIVE_INFINITY);
    saved('{"kind":"record","entries":[["a",{"kind":"list","items":[1]}]]}');
    expect(readDeliverable(folder, 'old')).toEqual({ a: [1] });
  });

  it.each([
    { kind: 'array', value: array([3, 2], [1, 2, 3, 4, 5, 6]), tight: { values: 5 }, loose: { values: 6 }, code: 'deliver/limit' },
    { kind: 'table', value: table({ a: [1, 2], b: [3, 4] }), tight: { cells: 3 }, loose: { cells: 4 }, code: 'deliver/limit' },
    { kind: 'number', value: Number.NaN, tight: { finite: true }, loose: { finite: false }, code: 'deliver/refused' },
    { kind: 'data', value: [1, 2, 3], tight: { values: 3 }, loose: { values: 4 }, code: 'codec/size' },
    { kind: 'model', value: net, tight: { nodes: 1 }, loose: { nodes: 9 }, code: 'model/limit' },
  ] as const)('$kind: holds its own caps, and no other kind’s', ({ kind, value, tight, loose, code }) => {
    saveDeliverable(folder, 'it', value);
    expect(codeOf(() => readDeliverable(folder, 'it', { [kind]: tight }))).toBe(code);
    expect(codeOf(() => readDeliverable(folder, 'it', { [kind]: loose }))).toBe('none');
    const others = { array: { values: 0 }, table: { cells: 0 }, number: { finite: true }, data: { values: 0 }, model: { nodes: 0 } };
    expect(codeOf(() => readDeliverable(folder, 'it', { ...others, [kind]: {} }))).toBe('none');
  });

  it('refuse whatever JSON says it is a deliverable and is none, by name', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        writeFileSync(join(folder, 'it.json'), JSON.stringify({ format: 'tinylab deliverable', version: 1, value }));
        expect(['none', 'codec/malformed', 'codec/key', 'deliver/refused']).toContain(
          codeOf(() => readDeliverable(folder, 'it', { array: { values: 9 } })),
        );
      }),
      { numRuns: 200 },
    );
    for (const value of [
      '{"kind":"array"}',
      '{"kind":"array","shape":["x"]}',
      '{"kind":"table","columns":7}',
      '{"kind":"table","columns":[[]]}',
    ]) {
      writeFileSync(join(folder, 'it.json'), `{"format":"tinylab deliverable","version":1,"value":${value}}`);
      expect(
        codeOf(() => readDeliverable(folder, 'it', { array: { values: 9 }, table: { cells: 9 } })),
        value,
      ).toBe('codec/malformed');
    }
  });
});
