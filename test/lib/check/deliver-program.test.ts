import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readDeliverable, saveDeliverable } from '../../../lib/check/deliverable.ts';
import type { Program } from '../../../lib/deploy/program.ts';
import { runProgram } from '../../../lib/deploy/run.ts';
import { checkedProgram } from '../../../lib/deploy/serialize.ts';
import { randomInputs, randomProgram } from '../deploy/arbitrary-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tinylab-program-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a program that was handed in computes what it did, within the caps of whoever reads it', () => {
  const program = randomProgram(21, ['conv2d', 'max-pool', 'dense', 'softmax']);
  saveDeliverable(folder, 'net', program);
  const back = readDeliverable(folder, 'net') as Program;
  const inputs = randomInputs(program, { seed: 3, count: 4 });
  expect(runProgram(back, inputs)).toEqual(runProgram(program, inputs));
  const refused = (caps: object): unknown => readDeliverable(folder, 'net', { program: caps });
  expect(() => refused({ maximumMacs: 10 })).toThrow(expect.objectContaining({ code: 'deploy/limit' }));
  expect(() => refused({ steps: 1 })).toThrow(expect.objectContaining({ code: 'model/limit' }));
});

it('a program that cannot run is refused where it is handed in', () => {
  const program = randomProgram(21, ['dense']);
  expect(() => saveDeliverable(folder, 'net', { ...program, outputs: [99] })).toThrow(expect.objectContaining({ code: 'deploy/program' }));
});

it('a program that takes many times what its size says is counted by what it does', () => {
  const step = (op: string, attributes: object, type: 'int8' | 'int16' = 'int8'): Program => ({
    name: 'heavy',
    tensors: ['x', 'y'].map(name => ({ name, shape: [1, 1000, 2], type })),
    steps: [{ op, inputs: [0], outputs: [1], attributes: attributes as Program['steps'][number]['attributes'] }],
    inputs: [0],
    outputs: [1],
  });
  for (const program of [
    step('softmax', { multiplier: 2 ** 30, shift: 20, differenceMinimum: -255 }),
    step('sigmoid', { multiplier: 3, shift: 0 }, 'int16'),
  ]) {
    expect(checkedProgram(program, { maximumMacs: 128_000 })).toBeDefined();
    expect(() => checkedProgram(program, { maximumMacs: 10_000 })).toThrow(expect.objectContaining({ code: 'deploy/limit' }));
  }
});
