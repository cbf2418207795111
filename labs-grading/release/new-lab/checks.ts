import { array, lab, type NDArray, normal, question } from 'tinylab';

const times = (x: NDArray, factor: number): NDArray =>
  array(
    x.shape,
    Float32Array.from(x.data, value => factor * value),
  );

export default lab('new-lab', [
  question('half', { title: 'A function', points: 4, uses: ['half'] }, async q => {
    for (const x of q.cases(5, rng => normal(rng, [rng.int(1, 4), rng.int(1, 4)]))) {
      q.equal(await q.call('half', x), times(x, 0.5), {
        known: [
          [x, 'You returned the input itself.'],
          [times(x, 2), 'You multiplied by two.'],
        ],
      });
    }
  }),
  question('bytes', { title: 'A choice', points: 2, uses: ['bytes'] }, async q => {
    await q.choice('bytes', 'b', { a: 'A byte has eight bits.', c: 'Those are bits: a byte has eight of them.' });
  }),
]);
