import { hiddenCases, lab, loops, question } from 'tinylab';

const { matmul } = loops.problems;

/** The question that loops attack: right on fresh inputs of several sizes, and no more misses than along rows. The sizes of the first problem are known to everybody. */
export const known = { m: 3, n: 5, k: 7 } as const;

const multiply = question('multiply', { points: 10, uses: ['multiply'] }, async q => {
  await q.loop('multiply', [matmul(known), ...q.cases(2, rng => matmul({ m: rng.int(2, 9), n: rng.int(2, 9), k: rng.int(3, 9) }))]);
  await q.counts('multiply', matmul({ m: 32, n: 64, k: 64 }), { atMost: { misses: 25_000, multiplies: 32 * 64 * 64 } });
});

export const attacked = lab('loop-attack-lab', [multiply]);

export const hiddenHalf = hiddenCases('loop-attack-lab', {
  multiply: async q => {
    await q.loop('multiply', [matmul(known), matmul({ m: 1, n: 13, k: 3 }), matmul({ m: 11, n: 1, k: 5 })], { seeds: 1 });
  },
});

/** The opening of a loop with what it needs outside, and its end. */
export const loopOf = (body: string, outside = ''): string =>
  `${outside}\nexport function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void {\n${body}\n}`;

/** Right, and along the rows of B. */
export const rows = `  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) c[i * n + j] = 0;
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p];
      for (let j = 0; j < n; j++) c[i * n + j] += x * b[p * n + j];
    }
  }`;

/** Right, and down the columns of B: too many misses. */
export const columns = `  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum: f32 = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }`;
