import { lab, question } from 'tinylab';

// Four small questions, ten points: what an attack goes for, and what it must leave alone.
export default lab('attack-lab', [
  question('add', { points: 2, uses: ['add'] }, async q => {
    for (const [a, b] of q.cases(4, rng => [rng.int(0, 999), rng.int(0, 999)] as const)) q.equal(await q.call('add', a, b), a + b);
  }),
  question('scale', { points: 3, uses: ['scale'] }, async q => {
    await q.part('integers', { points: 1 }, async () => void q.equal(await q.call('scale', [1, 2, 3], 2), [2, 4, 6]));
    await q.part('fractions', { points: 2 }, async () => void q.equal(await q.call('scale', [1, 3], 0.5), [0.5, 1.5]));
  }),
  question('answer', { points: 2, uses: ['answer'] }, async q => void (await q.number('answer', 42))),
  question('numbers', { points: 3, uses: ['numbers'] }, async q => void q.equal(await q.deliverable('numbers'), [1, 2, 3])),
]);
