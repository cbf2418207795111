import { describe, expect, it } from 'vitest';
import { masksOf } from '../../../../lib/compress/prune/masks.ts';
import { lotteryTicket, randomTicket, reinitialized, type Ticket } from '../../../../lib/compress/prune/schedule/lottery-ticket.ts';
import { strokeGlyphs } from '../../../../lib/data/stroke-glyphs.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import type { Model } from '../../../../lib/model/model.ts';
import { tensorCount } from '../../../../lib/tensor/scope.ts';
import { fit } from '../../../../lib/train/fit.ts';
import { digest } from '../../unchanged.ts';
import { lossOf } from './loss-of.ts';

const data = strokeGlyphs({ count: 400, seed: 1 });
const initial = (seed: number): Model => mlp({ hidden: [24], seed });
const training = { steps: 40, batchSize: 20, optimizer: 'adam', learningRate: 0.002 } as const;
const kernels = ['dense-1.kernel', 'dense-2.kernel'];
const kept = (model: Model): number[] => kernels.map(name => [...(masksOf(model)[name]?.data ?? [])].filter(k => k === 1).length);

describe('lottery ticket', () => {
  it('has densities 0.8^n, of survivors at their initial values', async () => {
    const model = initial(1);
    const before = tensorCount();
    const short = { ...training, steps: 2 };
    const tickets = await lotteryTicket(model, data, { ...short, rounds: 10 });
    expect(tensorCount()).toBe(before);
    expect(tickets.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([tickets[3], tickets[10]].map(t => (t as Ticket).density)).toEqual([0.512, 0.107].map(d => expect.closeTo(d, 3)));
    const sizes = [784 * 24, 24 * 10];
    for (const [n, { ticket, trained }] of tickets.slice(1).entries()) {
      const density = 0.8 ** (n + 1);
      expect(kept(ticket)).toEqual(sizes.map(size => size - Math.round((1 - density) * size)));
      expect(masksOf(trained)).toEqual(masksOf(ticket));
      for (const name of kernels) {
        const first = model.parameters[name]?.value.data as Float32Array;
        const mask = masksOf(ticket)[name]?.data as Uint8Array;
        expect(ticket.parameters[name]?.value.data).toEqual(first.map((w, i) => (mask[i] ? w : 0)));
      }
      expect(ticket.parameters['dense-1.bias']).toEqual(model.parameters['dense-1.bias']);
    }
  });

  it('rewinds to a later update: 0 is the first, and k is what training gives after k updates', async () => {
    const model = initial(2);
    const [early, zero, late] = [
      await lotteryTicket(model, data, { ...training, rounds: 1 }),
      await lotteryTicket(model, data, { ...training, rounds: 1, rewind: 0 }),
      await lotteryTicket(model, data, { ...training, rounds: 1, rewind: 7 }),
    ];
    expect(digest(zero)).toBe(digest(early));
    const after = await fit(model, data, { ...training, steps: 7 });
    expect(digest(late[0]?.ticket)).toBe(digest(after));
    expect(masksOf((late[1] as Ticket).ticket)).toEqual(masksOf((early[1] as Ticket).ticket));
    expect(digest(late[1]?.ticket)).not.toBe(digest(early[1]?.ticket));
    await expect(lotteryTicket(model, data, { ...training, rounds: 1, rewind: 41 })).rejects.toMatchObject({ code: 'prune/rewind' });
  });

  it('beats the same mask on other initial values, and a random mask, early in training, over paired seeds', async () => {
    const held = { inputs: data.images, targets: data.labels };
    const lossAfter = async (model: Model): Promise<number> => lossOf(await fit(model, data, { ...training, steps: 12 }), held);
    for (const seed of [1, 2, 3]) {
      const model = initial(seed);
      const tickets = await lotteryTicket(model, data, { ...training, rounds: 3, rate: 0.55 });
      const { ticket } = tickets.at(-1) as Ticket;
      const other = reinitialized(ticket, { seed: seed + 100 });
      expect(masksOf(other)).toEqual(masksOf(ticket));
      const chance = randomTicket(model, ticket, { seed });
      expect(kept(chance)).toEqual(kept(ticket));
      const loss = await lossAfter(ticket);
      expect(loss).toBeLessThan(await lossAfter(other));
      expect(loss).toBeLessThan(await lossAfter(chance));
    }
  });

  it.each([
    [{ rounds: -1 }, 'prune/rounds'],
    [{ rounds: 1.5 }, 'prune/rounds'],
    [{ rounds: 1, rewind: -1 }, 'prune/rounds'],
    [{ rounds: 1, rate: 2 }, 'prune/sparsity'],
  ])('refuses %j', async (options, code) => {
    await expect(lotteryTicket(initial(1), data, { ...training, ...options })).rejects.toMatchObject({ code });
  });
});
