import { expect, it } from 'vitest';
import { pruneMagnitude } from '../../../../../lib/compress/prune/magnitude.ts';
import { masksOf } from '../../../../../lib/compress/prune/masks.ts';
import { transferTicket } from '../../../../../lib/compress/prune/schedule/ticket-transfer.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { integers, normal, random } from '../../../../../lib/tensor/random.ts';
import { fit } from '../../../../../lib/train/fit.ts';

const ticket = pruneMagnitude(mlp({ input: [6], hidden: [8], classes: 4, seed: 1 }), { sparsity: 0.5 });

it('takes the masks that fit onto the other values, and training holds them', async () => {
  const other = mlp({ input: [6], hidden: [8], classes: 3, seed: 2 });
  const moved = transferTicket(ticket, other);
  expect(masksOf(moved)).toEqual({ 'dense-1.kernel': masksOf(ticket)['dense-1.kernel'] });
  const mask = masksOf(moved)['dense-1.kernel']?.data ?? [];
  expect([...(moved.parameters['dense-1.kernel']?.value.data ?? [])]).toEqual(
    [...(other.parameters['dense-1.kernel']?.value.data ?? [])].map((w, i) => (mask[i] ? w : 0)),
  );
  const data = { inputs: normal(random(1), [30, 6]), targets: integers(random(2), [30], { low: 0, high: 2 }) };
  const trained = await fit(moved, data, { epochs: 2 });
  expect([...(trained.parameters['dense-1.kernel']?.value.data ?? [])].map(w => w !== 0)).toEqual([...mask].map(Boolean));
});

it('refuses a network that no mask fits', () => {
  expect(() => transferTicket(ticket, mlp({ input: [5], hidden: [7], classes: 3 }))).toThrow(
    expect.objectContaining({ code: 'prune/ticket' }),
  );
});
