import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploy, leNet5, saveModel } from 'tinylab';
import { describe, expect, test } from 'vitest';
import { npyBytes, readNpy } from '../../scripts/programs/npy.ts';
import { bytesOf } from '../../scripts/programs/open.ts';
import { project, scratchFolder } from './kit/scratch.ts';

/** An image 2 × 2 of one channel, whose four numbers are summed by a dense layer. */
const program: deploy.Program = {
  name: 'sum',
  tensors: [
    { name: 'x', shape: [1, 2, 2, 1], type: 'int8', quantization: { scale: [0.5], zeroPoint: [1] } },
    { name: 'flat', shape: [1, 4], type: 'int8', quantization: { scale: [0.5], zeroPoint: [1] } },
    { name: 'w', shape: [1, 4], type: 'int8', data: Int8Array.of(1, 1, 1, 1), quantization: { scale: [1], zeroPoint: [0] } },
    { name: 'y\u001b[2J', shape: [1, 1], type: 'int8', quantization: { scale: [0.5], zeroPoint: [0] } },
  ],
  steps: [
    { op: 'reshape', inputs: [0], outputs: [1], attributes: {} },
    {
      op: 'dense',
      inputs: [1, 2, -1],
      outputs: [3],
      attributes: { inputZeroPoint: 1, weightZeroPoint: [0], multiplier: [2 ** 30], shift: [1], outputZeroPoint: 0, low: -128, high: 127 },
    },
  ],
  inputs: [0],
  outputs: [3],
};

function folder() {
  const at = scratchFolder();
  writeFileSync(join(at, 'sum.tflite'), deploy.writeTflite(program));
  deploy.saveProgram(program, join(at, 'own'));
  saveModel(leNet5({ seed: 1 }), join(at, 'lenet'));
  const tinylab = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(project, 'scripts/tinylab.mjs'), ...args], {
      cwd: at,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  return { at, tinylab };
}

describe('run', () => {
  test('runs a file on stored integers and on real numbers, and writes what comes out', () => {
    const { at, tinylab } = folder();
    writeFileSync(join(at, 'q.npy'), npyBytes({ shape: [2, 2, 2, 1], data: Int8Array.of(1, 2, 3, 4, -9, 1, 1, 1) }));
    writeFileSync(join(at, 'x.npy'), npyBytes({ shape: [2, 2, 1], data: Float64Array.of(0.5, 1, 1.5, -4) }));
    for (const file of ['sum.tflite', 'own', 'own.json']) {
      const { status, stdout } = tinylab('run', file, 'q.npy', '--out', 'y.npy', '--json');
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        network: 'sum',
        examples: 2,
        outputs: [{ type: 'int8', shape: [1, 1], scale: 0.5, first: [6, -10], file: 'y.npy' }],
      });
      expect(readNpy(bytesOf(join(at, 'y.npy')), 'y.npy')).toEqual({ shape: [2, 1], data: Int8Array.of(6, -10) });
    }
    expect(tinylab('run', 'sum.tflite', 'x.npy', '--out', 'r.npy', '--real').stdout).not.toContain('\u001b');
    expect(readNpy(bytesOf(join(at, 'r.npy')), 'r.npy')).toEqual({ shape: [1, 1], data: Float32Array.of(-1) });
  });

  test.each([
    [['run', 'none.tflite', 'q.npy'], 'There is no file none.tflite'],
    [['run', 'lenet', 'q.npy'], 'a model of real numbers'],
    [['run', 'sum.tflite'], 'takes 1 inputs; got 0 files'],
    [['run', 'sum.tflite', 'sum.tflite'], 'is no .npy file'],
    [['run', 'sum.tflite', 'wide.npy'], 'takes [n, 2, 2, 1]; got [3,5]'],
    [['inspect', 'wide.npy'], 'is no .tflite or .onnx file'],
    [['inspect'], '--help says more'],
    [['inspect', 'damaged.tflite'], 'does not begin like a .tflite file'],
  ])('%j is refused by one message', (args, message) => {
    const { at, tinylab } = folder();
    writeFileSync(join(at, 'q.npy'), npyBytes({ shape: [4], data: new Int8Array(4) }));
    writeFileSync(join(at, 'wide.npy'), npyBytes({ shape: [3, 5], data: new Float32Array(15) }));
    writeFileSync(join(at, 'damaged.tflite'), 'nothing');
    const { status, stderr } = tinylab(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});

test('inspect tells layers, shapes, scales, MACs and bytes of programs and models', () => {
  const { tinylab } = folder();
  for (const file of ['sum.tflite', 'own.safetensors']) {
    const facts = JSON.parse(tinylab('inspect', file, '--json').stdout);
    expect(facts).toMatchObject({
      network: 'sum',
      macs: 4,
      constantBytes: 4,
      layers: [{ op: 'reshape' }, { op: 'dense', name: 'y?[2J', scale: 0.5, macs: 4 }],
    });
  }
  const { stdout, status } = tinylab('inspect', 'lenet');
  expect(status).toBe(0);
  expect(stdout).toContain('bytes of values at the peak');
  expect(stdout).toMatch(/conv2d +float32/);
  expect(tinylab('inspect', '--help').stdout.startsWith('npx tinylab inspect')).toBe(true);
});
