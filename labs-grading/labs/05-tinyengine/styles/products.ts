import type { OtherStyle } from '../../../lab/mutant.ts';

// Right products of matrices as other people write them.

const signature = 'export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void';
const style =
  (question: string, name: string) =>
  (style: string, body: string, more = ''): OtherStyle => ({
    question,
    name: style,
    answer: `const ${name} = \`\n${signature} {\n${body}\n}${more}\`;`,
  });
const reorder = style('reorder', 'reordered');
const unroll = style('unroll', 'unrolled');
const tile = style('tile', 'tiled');
const vectors = style('vectors', 'vectors');

const zeros = '  for (let i = 0; i < m * n; i++) c[i] = 0;';

export const productStyles: readonly OtherStyle[] = [
  reorder(
    'p outermost',
    `${zeros}
  for (let p = 0; p < k; p++)
    for (let i = 0; i < m; i++) {
      const x: f32 = a[i * k + p];
      for (let j = 0; j < n; j++) c[i * n + j] = c[i * n + j] + x * b[p * n + j];
    }`,
  ),
  reorder(
    'views of rows, memory filled',
    `  memory.fill(changetype<usize>(c), 0, (m * n) << 2);
  for (let i = 0; i < m; i++) {
    const row = c.from(i * n);
    for (let p = 0; p < k; p++) {
      const other = b.from(p * n);
      for (let j = 0; j < n; j++) row[j] += a[i * k + p] * other[j];
    }
  }`,
  ),
  reorder(
    'the first product sets',
    `  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++)
      for (let j = 0; j < n; j++) {
        const product: f32 = a[i * k + p] * b[p * n + j];
        c[i * n + j] = p == 0 ? product : c[i * n + j] + product;
      }`,
  ),
  reorder(
    'while loops',
    `  let i = 0;
  while (i < m) {
    let j = 0;
    while (j < n) c[i * n + j++] = 0;
    let p = 0;
    while (p < k) {
      j = 0;
      while (j < n) {
        c[i * n + j] += b[p * n + j] * a[i * k + p];
        j++;
      }
      p++;
    }
    i++;
  }`,
  ),
  unroll(
    'columns by four',
    `${zeros}
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p];
      const whole = n & ~3;
      for (let j = 0; j < whole; j += 4) {
        c[i * n + j] += x * b[p * n + j];
        c[i * n + j + 1] += x * b[p * n + j + 1];
        c[i * n + j + 2] += x * b[p * n + j + 2];
        c[i * n + j + 3] += x * b[p * n + j + 3];
      }
      for (let j = whole; j < n; j++) c[i * n + j] += x * b[p * n + j];
    }`,
  ),
  unroll(
    'four sums, the rest first',
    `  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let s0: f32 = 0, s1: f32 = 0, s2: f32 = 0, s3: f32 = 0;
      let p = 0;
      while (p < k % 4) { s0 += a[i * k + p] * b[p * n + j]; p++; }
      while (p < k) {
        s0 += a[i * k + p] * b[p * n + j];
        s1 += a[i * k + p + 1] * b[(p + 1) * n + j];
        s2 += a[i * k + p + 2] * b[(p + 2) * n + j];
        s3 += a[i * k + p + 3] * b[(p + 3) * n + j];
        p += 4;
      }
      c[i * n + j] = s0 + s1 + (s2 + s3);
    }`,
  ),
  unroll(
    'by eight',
    `  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      const x = a.from(i * k), y = b.from(j);
      let sum: f32 = 0, p = 0;
      for (; p + 7 < k; p += 8)
        sum += x[p] * y[p * n] + x[p + 1] * y[(p + 1) * n] + x[p + 2] * y[(p + 2) * n] + x[p + 3] * y[(p + 3) * n]
          + x[p + 4] * y[(p + 4) * n] + x[p + 5] * y[(p + 5) * n] + x[p + 6] * y[(p + 6) * n] + x[p + 7] * y[(p + 7) * n];
      for (; p < k; ++p) sum += x[p] * y[p * n];
      c[i * n + j] = sum;
    }`,
  ),
  unroll(
    'a function for four',
    `  for (let e = 0; e < m * n; e++) {
    const i = e / n, j = e % n;
    let sum: f32 = 0;
    let p = 0;
    for (; p < k - 3; p += 4) sum += four(a.from(i * k + p), b.from(p * n + j), n);
    for (; p < k; p++) sum += a[i * k + p] * b[p * n + j];
    c[e] = sum;
  }`,
    '\nfunction four(x: F32s, y: F32s, n: i32): f32 { return x[0] * y[0] + x[1] * y[n] + x[2] * y[2 * n] + x[3] * y[3 * n]; }',
  ),
  tile(
    '32, in another order',
    `  const T = 32;
${zeros}
  for (let p0 = 0; p0 < k; p0 += T)
    for (let i0 = 0; i0 < m; i0 += T)
      for (let j0 = 0; j0 < n; j0 += T) {
        const pEnd = min(p0 + T, k), iEnd = min(i0 + T, m), jEnd = min(j0 + T, n);
        for (let i = i0; i < iEnd; i++)
          for (let p = p0; p < pEnd; p++)
            for (let j = j0; j < jEnd; j++) c[i * n + j] += a[i * k + p] * b[p * n + j];
      }`,
  ),
  tile(
    'a function for a tile',
    `${zeros}
  for (let i = 0; i < m; i += 16)
    for (let j = 0; j < n; j += 16)
      for (let p = 0; p < k; p += 16)
        block(a.from(i * k + p), b.from(p * n + j), c.from(i * n + j), min(16, m - i), min(16, n - j), min(16, k - p), n, k);`,
    `
function block(a: F32s, b: F32s, c: F32s, h: i32, w: i32, d: i32, n: i32, k: i32): void {
  for (let i = 0; i < h; i++)
    for (let p = 0; p < d; p++)
      for (let j = 0; j < w; j++) c[i * n + j] += a[i * k + p] * b[p * n + j];
}`,
  ),
  tile(
    'sums in registers within a tile',
    `${zeros}
  for (let i0 = 0; i0 < m; i0 += 16)
    for (let j0 = 0; j0 < n; j0 += 16)
      for (let p0 = 0; p0 < k; p0 += 16)
        for (let i = i0; i < min(m, i0 + 16); i++)
          for (let j = j0; j < min(n, j0 + 16); j++) {
            let sum = c[i * n + j];
            for (let p = p0; p < min(k, p0 + 16); p++) sum += a[i * k + p] * b[p * n + j];
            c[i * n + j] = sum;
          }`,
  ),
  tile(
    'vectors inside',
    `${zeros}
  for (let i0 = 0; i0 < m; i0 += 32)
    for (let p0 = 0; p0 < k; p0 += 32)
      for (let j0 = 0; j0 < n; j0 += 32)
        for (let i = i0; i < min(i0 + 32, m); i++)
          for (let p = p0; p < min(p0 + 32, k); p++) {
            const v = f32x4.splat(a[i * k + p]);
            let j = j0;
            for (; j + 4 <= min(j0 + 32, n); j += 4)
              c.setVector(i * n + j, f32x4.add(c.vector(i * n + j), f32x4.mul(v, b.vector(p * n + j))));
            for (; j < min(j0 + 32, n); j++) c[i * n + j] += a[i * k + p] * b[p * n + j];
          }`,
  ),
  vectors(
    'four columns of C in a register',
    `  for (let i = 0; i < m; i++) {
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      let sums = f32x4.splat(0);
      for (let p = 0; p < k; p++) sums = f32x4.add(sums, f32x4.mul(f32x4.splat(a[i * k + p]), b.vector(p * n + j)));
      c.setVector(i * n + j, sums);
    }
    for (; j < n; j++) {
      let sum: f32 = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }
  }`,
  ),
  vectors(
    'views and the end first',
    `  for (let i = 0; i < m; i++) {
    const to = c.from(i * n), rest = n & 3;
    for (let j = 0; j < n; j++) to[j] = 0;
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p], from = b.from(p * n);
      for (let j = 0; j < rest; j++) to[j] += x * from[j];
      for (let j = rest; j < n; j += 4) to.setVector(j, f32x4.add(f32x4.mul(from.vector(j), f32x4.splat(x)), to.vector(j)));
    }
  }`,
  ),
  vectors(
    'v128 by its general names',
    `  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) c[i * n + j] = 0;
    for (let p = 0; p < k; p++) {
      const s = v128.splat<f32>(a[i * k + p]);
      let j = 0;
      while (j <= n - 4) {
        const at = changetype<usize>(c.from(i * n + j));
        v128.store(at, v128.add<f32>(v128.load(at), v128.mul<f32>(s, v128.load(changetype<usize>(b.from(p * n + j))))));
        j += 4;
      }
      while (j < n) { c[i * n + j] += a[i * k + p] * b[p * n + j]; j++; }
    }
  }`,
  ),
  vectors(
    'four rows at once',
    `  let i = 0;
  for (; i + 4 <= m; i += 4) {
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (let p = 0; p < k; p++) {
        const v = b.vector(p * n + j);
        s0 = f32x4.add(s0, f32x4.mul(f32x4.splat(a[i * k + p]), v));
        s1 = f32x4.add(s1, f32x4.mul(f32x4.splat(a[(i + 1) * k + p]), v));
        s2 = f32x4.add(s2, f32x4.mul(f32x4.splat(a[(i + 2) * k + p]), v));
        s3 = f32x4.add(s3, f32x4.mul(f32x4.splat(a[(i + 3) * k + p]), v));
      }
      c.setVector(i * n + j, s0);
      c.setVector((i + 1) * n + j, s1);
      c.setVector((i + 2) * n + j, s2);
      c.setVector((i + 3) * n + j, s3);
    }
    for (let r = i; r < i + 4; r++) for (let q = j; q < n; q++) c[r * n + q] = one(a.from(r * k), b.from(q), k, n);
  }
  for (; i < m; i++) for (let j = 0; j < n; j++) c[i * n + j] = one(a.from(i * k), b.from(j), k, n);`,
    '\nfunction one(x: F32s, y: F32s, k: i32, n: i32): f32 { let sum: f32 = 0; for (let p = 0; p < k; p++) sum += x[p] * y[p * n]; return sum; }',
  ),
];
