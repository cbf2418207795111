import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { array, type DType, type NDArray, type TypedArray } from '../../../lib/tensor/array.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { cachedTensors, download, downloadAsync, upload } from '../../../lib/tensor/upload.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

describe('upload', () => {
  it.each<[DType, number[], number[]]>([
    ['float32', [1.5, -2, 3], [1.5, -2, 3]],
    ['int32', [1, -2, 3], [1, -2, 3]],
    ['bool', [1, 0, 1], [1, 0, 1]],
    ['int8', [-128, 0, 127], [-128, 0, 127]],
    ['uint8', [0, 128, 255], [0, 128, 255]],
    ['int4', [0x8f, 0x07], [-1, -8, 7]],
  ])('%s', (dtype, stored, expected) => {
    const tensor = upload(array([3], stored, dtype));
    expect(tensor.dtype).toBe(dtype === 'float32' || dtype === 'bool' ? dtype : 'int32');
    expect([...tensor.dataSync()]).toEqual(expected);
    tensor.dispose();
  });

  it('sends an array once, and gives every caller a tensor of its own', () => {
    const a = array([2], [1, 2]);
    const first = upload(a);
    const held = cachedTensors();
    const second = upload(a);
    expect(cachedTensors()).toBe(held);
    first.dispose();
    expect([...second.dataSync()]).toEqual([1, 2]);
    second.dispose();
    tf.tidy(() => {
      expect([...upload(a).dataSync()]).toEqual([1, 2]);
    });
  });

  it.each<[string, (data: TypedArray) => unknown]>([
    ['sorts', data => data.sort()],
    ['reverses', data => data.reverse()],
    ['fills', data => data.fill(7)],
    ['sets an element', data => Object.assign(data, { 2: 9 })],
    ['sets several', data => data.set([8, 9], 1)],
    ['moves some', data => data.copyWithin(0, 2)],
    ['writes through a view', data => data.subarray(1, 3).set([5])],
    ['writes through the buffer', data => new Uint8Array(data.buffer).set([0, 0, 128, 63])],
  ])('notices that somebody %s', (_, write) => {
    for (const dtype of ['float32', 'int32', 'uint8'] as const) {
      const a = array([4], [3, 1, 2, 0], dtype);
      tf.tidy(() => void upload(a).add(1).dataSync());
      const before = cachedTensors();
      write(a.data);
      const now = tf.tidy(() => [...upload(a).add(0).dataSync()]);
      expect(now).toEqual([...a.data]);
      expect(cachedTensors()).toBe(before);
    }
  });

  it('survives the scope in which it was first sent', () => {
    const a = array([2], [3, 4]);
    tf.tidy(() => {
      upload(a);
    });
    tf.tidy(() => {
      expect([...upload(a).mul(2).dataSync()]).toEqual([6, 8]);
    });
  });

  it('releases what nobody holds any more, after a collection and a turn of the event loop', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const before = cachedTensors();
    for (let i = 0; i < 20; i++) upload(array([1000], new Float32Array(1000))).dispose();
    expect(cachedTensors()).toBeGreaterThanOrEqual(before + 1);
    for (let i = 0; i < 5; i++) {
      await setImmediate();
      collect();
      await setImmediate();
    }
    expect(cachedTensors()).toBeLessThanOrEqual(before + 1);
  });
});

describe('download', () => {
  it('gives values of its own, also of a tensor that no op has used yet', async () => {
    const values = new Float32Array([1, 2, 3, 4]);
    const tensor = tf.tensor(values, [2, 2]);
    const got: NDArray = download(tensor);
    expect(got).toEqual({ shape: [2, 2], dtype: 'float32', data: values });
    expect(got.data).not.toBe(values);
    expect(await downloadAsync(tensor)).toEqual(got);
    tensor.dispose();
  });

  it('refuses strings', () => {
    const strings = tf.tensor(['a']);
    expect(() => download(strings)).toThrow(/string tensor/);
    strings.dispose();
  });

  it('counts cached tensors apart', () => {
    const before = tensorCount();
    const a = array([1], [1]);
    upload(a).dispose();
    expect(tensorCount()).toBe(before);
    expect(a.data[0]).toBe(1);
  });
});
