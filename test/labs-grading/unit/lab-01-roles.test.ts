import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  array,
  fit,
  loadDataset,
  type Model,
  macs,
  pretrained,
  pruneChannels,
  pruneMagnitude,
  quantize,
  sameLayers,
  take,
  withParameters,
} from 'tinylab';
import { questionOf, runQuestion, saveDeliverable } from 'tinylab/grading';
import { afterAll, describe, expect, it } from 'vitest';
import lab from '../../../notebooks/01-pruning/checks.ts';
import { isFloat, isUnmoved, kernelNames, weightsLeft } from '../../../notebooks/01-pruning/roles.ts';
import { sessionWith } from '../../lib/check/scope.ts';

// What Lab 01 takes for the pruned and the narrow network: proved by places, roles and real numbers, never by names or declared fields.

const root = mkdtempSync(join(tmpdir(), 'tinylab-roles-'));
afterAll(() => rmSync(root, { recursive: true }));
const dense = pretrained('fashion-mnist-vgg');
const kernels = kernelNames(dense);

/** The same network with its parameters under other names, given by `to`. */
function renamed(model: Model, to: (name: string) => string): Model {
  const nodes = model.nodes.map(node => ({
    ...node,
    parameters: Object.fromEntries(Object.entries(node.parameters).map(([role, name]) => [role, to(name)])),
  }));
  return { ...model, nodes, parameters: Object.fromEntries(Object.entries(model.parameters).map(([name, p]) => [to(name), p])) };
}

/** Kernels take the names of what is added after them, and the other way round. */
function swapped(model: Model): Model {
  const others = Object.keys(model.parameters).filter(name => /beta|bias/.test(name));
  const pairs = kernels.flatMap((kernel, i) => [[kernel, others[i]] as const, [others[i], kernel] as const]);
  const map = new Map(pairs as [string, string][]);
  return renamed(model, name => map.get(name) ?? name);
}

/** Every weight as an integer 0 that stands for its old value. */
const hiddenZeros = (model: Model): Model =>
  withParameters(
    model,
    Object.fromEntries(
      kernels.map(name => {
        const { shape, data } = (model.parameters[name] as Model['parameters'][string]).value;
        const scale = Array.from(data, v => v || 1);
        const quantization = quantize.affine({ shape, bits: 8, tile: shape.map(() => 1), scale, zeroPoint: scale.map(() => -1) });
        return [name, { value: array(shape, new Int8Array(data.length), 'int8'), quantization }];
      }),
    ),
  );

async function told(question: string, model: unknown, name: string): Promise<{ score: number; hints: (string | undefined)[] }> {
  const folder = join(root, name);
  saveDeliverable(folder, question, model);
  const { score, items } = await runQuestion(questionOf(lab, question), sessionWith({}, folder), { seed: 1 });
  return { score, hints: items.filter(({ passed }) => !passed).map(({ hint, got }) => hint ?? got) };
}

describe('the pruned network', () => {
  it('counts what stands at the places of kernels, whatever it is called', () => {
    const other = renamed(dense, name => `the ${name}`);
    expect([sameLayers(other, dense), weightsLeft(other)]).toEqual([true, weightsLeft(dense)]);
    expect(weightsLeft(swapped(dense))).toBe(weightsLeft(dense));
    expect(weightsLeft(swapped(pruneMagnitude(dense, { sparsity: 0.5 })))).toBeLessThan(0.51 * weightsLeft(dense));
  });

  it('is refused where it is the dense one under other names', async () => {
    const { score, hints } = await told('pruned', swapped(dense), 'swapped');
    expect(score).toBe(0);
    expect(hints[0]).toMatch(/Pruned weights came back/);
  });

  it('is refused where its zeros stand for other numbers', async () => {
    const model = hiddenZeros(dense);
    expect(isFloat(model)).toBe(false);
    const { score, hints } = await told('pruned', model, 'zeros');
    expect([score, hints]).toEqual([0, [expect.stringMatching(/Some weights are quantized/)]]);
  });

  it('is refused with other layers', async () => {
    for (const [name, model] of Object.entries({
      cut: pruneChannels(dense, { ratio: 0.3 }),
      rewired: { ...dense, nodes: dense.nodes.map(n => (n.op === 'relu' && n.id === 'relu-8' ? { ...n, inputs: ['relu-7'] } : n)) },
    })) {
      expect(sameLayers(model, dense)).toBe(false);
      if (name === 'cut') expect((await told('pruned', model, name)).hints[0]).toMatch(/Start from pruneLayers/);
    }
  });
});

it('training that was never handed in is told from training that was', async () => {
  const roles = ['kernel', 'gamma', 'beta', 'bias'];
  const pruned = pruneMagnitude(dense, { sparsity: 0.5 });
  const few = take((await loadDataset('fashion-mnist')).train, 64);
  const trained = await fit(pruned, few, { steps: 1, learningRate: 1e-4, reporter: {} });
  expect([pruned, trained].map(model => isUnmoved(model, dense, roles))).toEqual([true, false]);
  const cut = pruneChannels(dense, { ratio: 0.3 });
  expect(
    [cut, await fit(cut, few, { steps: 1, learningRate: 1e-4, reporter: {} })].map(model => isUnmoved(model, dense, ['gamma', 'beta'])),
  ).toEqual([true, false]);
});

describe('the narrow network', () => {
  const cut = pruneChannels(dense, { ratio: 0.3, groups: [1, 2, 3, 4, 5, 6, 7].map(i => `conv2d-${i}`) });

  it('has the layers of the dense one with fewer channels', () => {
    expect(sameLayers(cut, dense, { fewer: true })).toBe(true);
    expect(sameLayers(dense, cut, { fewer: true })).toBe(false);
    expect(macs(cut)).toBeLessThan(0.52 * macs(dense));
  });

  it('is refused where its weights are quantized', async () => {
    const { score, hints } = await told('narrow', hiddenZeros(dense), 'narrow');
    expect([score, hints]).toEqual([0, [expect.stringMatching(/narrowNetwork/)]]);
  });
});
