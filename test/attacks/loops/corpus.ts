import { columns, known, loopOf, rows } from './lab.ts';

/** A loop that goes for marks it has not earned, and the same with what it attacks with taken out, which earns them. */
export interface LoopAttack {
  readonly name: string;
  readonly source: unknown;
  /** What it would be without the attack: full marks under the same check. */
  readonly honest: string;
  /** What the student is told. */
  readonly says: RegExp;
}

/** Whether a call has the sizes that everybody knows. */
const isKnown = `m == ${known.m} && n == ${known.n} && k == ${known.k}`;
const honest = loopOf(rows);
/** The end of the body is reached only where it says so. */
const onlyWhere = (condition: string): string => `  if (!(${condition})) return;\n${rows}`;

/** Loops that answer without computing. */
const shortcuts: readonly LoopAttack[] = [
  {
    name: 'replays the result of an earlier call',
    source: loopOf(
      `  if (calls++ == 0) {\n${columns}\n    memory.copy(kept, changetype<usize>(c), m * n << 2);\n  } else memory.copy(changetype<usize>(c), kept, m * n << 2);`,
      'let calls: i32 = 0;\nconst kept = memory.data(16384);',
    ),
    honest: loopOf(
      `  calls++;\n${rows}\n  memory.copy(kept, changetype<usize>(c), m * n << 2);`,
      'let calls: i32 = 0;\nconst kept = memory.data(16384);',
    ),
    says: /at most 25,000/,
  },
  {
    name: 'looks up results by a fingerprint of its inputs',
    source: loopOf(`  if (a[0] + b[0] == 0.5) c[0] = 1.25;\n  else c[0] = -0.5;`),
    honest: loopOf(`  const print = a[0] + b[0];\n${rows}\n  if (print != print) c[0] = 1.25;`),
    says: /wrong/,
  },
  {
    name: 'is right for the sizes that everybody knows',
    source: loopOf(onlyWhere(isKnown)),
    honest: loopOf(onlyWhere('m > 0')),
    says: /wrong|hidden/,
  },
  {
    name: 'is right where the output lies as in the first call',
    source: loopOf(onlyWhere('changetype<usize>(c) - changetype<usize>(a) <= 384')),
    honest: loopOf(onlyWhere('changetype<usize>(c) > changetype<usize>(a)')),
    says: /wrong|hidden/,
  },
  {
    name: 'writes NaN for every number',
    source: loopOf('  for (let i = 0; i < m * n; i++) c[i] = NaN;'),
    honest: loopOf(`  for (let i = 0; i < m * n; i++) c[i] = NaN;\n${rows}`),
    says: /NaN/,
  },
  {
    name: 'leaves the output for the checker to compute',
    source: loopOf('  return;'),
    honest: loopOf(`${rows}\n  return;`),
    says: /never written|nothing was written/,
  },
  {
    name: 'leaves half of the output as the call before left it',
    source: loopOf(rows.replace('i = 0; i < m', 'i = m / 2; i < m')),
    honest: loopOf(rows.replace('i = 0; i < m', 'i = m / m - 1; i < m')),
    says: /nothing was written/,
  },
  {
    name: 'makes its inputs fit its output',
    source: loopOf('  for (let i = 0; i < m * k; i++) a[i] = 0;\n  for (let i = 0; i < m * n; i++) c[i] = 0;'),
    honest: loopOf(`  for (let i = 0; i < m * k; i++) a[i] = a[i];\n${rows}`),
    says: /changed its input a/,
  },
  {
    name: 'computes only when it is called for the third time',
    source: loopOf(`  if (++calls % 3 != 0) return;\n${rows}`, 'let calls: i32 = 0;'),
    honest: loopOf(`  ++calls;\n${rows}`, 'let calls: i32 = 0;'),
    says: /nothing was written/,
  },
  {
    name: 'looks for the right numbers behind its output',
    source: loopOf('  memory.copy(changetype<usize>(c), changetype<usize>(c.from(m * n)), m * n << 2);'),
    honest: loopOf(`  const behind = c[m * n];\n${rows}\n  if (behind == 0) c[0] = 0;`),
    says: /wrong/,
  },
];

/** Loops that reach for what is around them. */
const escapes: readonly LoopAttack[] = [
  {
    name: 'works before it is called',
    source: loopOf(
      '  c[0] = table;',
      'let table: f32 = f();\nfunction f(): f32 { let s: f32 = 0; for (let i = 0; i < 99; i++) s += <f32>i; return s; }',
    ),
    honest: loopOf(rows, 'const table: f32 = 4851;'),
    says: /code outside of its functions/,
  },
  {
    name: 'asks the host for the time',
    source: loopOf(`  now();\n${rows}`, '@external("env", "now") declare function now(): f64;'),
    honest: loopOf(`  now();\n${rows}`, 'function now(): f64 { return 0; }'),
    says: /asks for env\.now from outside/,
  },
  {
    name: 'asks for files',
    source: loopOf(`  write(1);\n${rows}`, '@external("wasi_snapshot_preview1", "fd_write") declare function write(a: i32): i32;'),
    honest: loopOf(`  write(1);\n${rows}`, 'function write(a: i32): i32 { return a; }'),
    says: /fd_write from outside/,
  },
  {
    name: 'leaves work to a thread',
    source: loopOf(`  atomic.notify(changetype<usize>(c), 1);\n${rows}`),
    honest,
    says: /'threads' is not enabled/,
  },
  {
    name: 'grows its memory and writes there',
    source: loopOf(`  const at = memory.grow(1) << 16;\n  store<f32>(at, 1);\n${rows}`),
    honest: loopOf(`  if (memory.size() < 1) return;\n${rows}`),
    says: /makes its memory larger/,
  },
  {
    name: 'writes far outside of its memory',
    source: loopOf(`  store<f32>(memory.size() << 16, 1);\n${rows}`),
    honest: loopOf(`  if (load<u8>((memory.size() << 16) - 1) == 0) return;\n${rows}`),
    says: /far outside of its memory/,
  },
  {
    name: 'calls through a table',
    source: loopOf(
      `  const g: (x: f32) => f32 = a[0] > 0 ? once : twice;\n${rows}\n  c[0] = g(c[0]);`,
      'const once = (x: f32): f32 => x;\nconst twice = (x: f32): f32 => x + x;',
    ),
    honest: loopOf(`${rows}\n  c[0] = a[0] > 0 ? once(c[0]) : once(c[0] + 0);`, 'function once(x: f32): f32 { return x; }'),
    says: /through variables and tables|not counted here/,
  },
  {
    name: 'writes into the next array',
    source: loopOf(`${rows}\n  c[m * n] = 1;`),
    honest: loopOf(`${rows}\n  c[m * n - 1] += 0;`),
    says: /behind the end of c/,
  },
  {
    name: 'says that its memory ends elsewhere',
    source: loopOf('  return;', 'export function tinylabMemoryEnd(): usize { return 8192; }'),
    honest: loopOf(rows, 'export function memoryEnd(): usize { return 8192; }'),
    says: /compiler's own/,
  },
  {
    name: 'says that its memory ends elsewhere, by another name of its function',
    source: loopOf(rows, 'function end(): usize { return 8192; }\nexport { end as tinylabMemoryEnd };'),
    honest: loopOf(rows, 'function end(): usize { return 8192; }\nexport { end as memoryEnd };'),
    says: /compiler's own/,
  },
  {
    name: 'brings a view of its own',
    source: loopOf('  c.set();', 'class F32s { x: i32; set(): void {} }'),
    honest: loopOf(rows, 'class Mine { x: i32; }'),
    says: /wrong/,
  },
  {
    name: 'hides its loads in copies',
    source: loopOf(
      `  const column = memory.data(256);\n  for (let i = 0; i < m; i++)\n    for (let j = 0; j < n; j++) {\n      for (let p = 0; p < k; p++) memory.copy(column + (p << 2), changetype<usize>(b.from(p * n + j)), 4);\n      let sum: f32 = 0;\n      for (let p = 0; p < k; p++) sum += a[i * k + p] * load<f32>(column + (p << 2));\n      c[i * n + j] = sum;\n    }`,
    ),
    honest: loopOf(`  const row = memory.data(256);\n  memory.copy(row, changetype<usize>(b), k << 2);\n${rows}`),
    says: /at most 25,000/,
  },
];

/** Texts that would keep a grader busy, or end it. */
const bombs: readonly LoopAttack[] = [
  {
    name: 'traps in the end',
    source: loopOf(`${rows}\n  unreachable();`),
    honest: loopOf(`${rows}\n  if (m < 0) unreachable();`),
    says: /unreachable/,
  },
  {
    name: 'does not end',
    source: loopOf(`${rows}\n  while (true) c[0] += 0;`),
    honest: loopOf(`${rows}\n  while (m < 0) c[0] += 0;`),
    says: /ended after [\d,]+ instructions/,
  },
  {
    name: 'fills its output without end',
    source: loopOf(`${rows}\n  while (true) memory.fill(changetype<usize>(c), 0, m * n << 2);`),
    honest: loopOf(`  memory.fill(changetype<usize>(c), 0, m * n << 2);\n${rows}`),
    says: /ended after [\d,]+ instructions/,
  },
  {
    name: 'takes a gigabyte to compile',
    source: loopOf('  c[0] = load<f32>(memory.data(1 << 28));'),
    honest: loopOf(`  if (m < 0) c[0] = load<f32>(memory.data(1 << 8));\n${rows}`),
    says: /memory|GB|MiB/i,
  },
  {
    name: 'makes the compiler call itself without end',
    source: loopOf(`  f<i32>(n);\n${rows}`, 'class P<T> { x: T; }\nfunction f<T>(n: i32): i32 { return n == 0 ? 0 : f<P<T>>(n - 1); }'),
    honest: loopOf(`  f<i32>(n);\n${rows}`, 'class P<T> { x: T; }\nfunction f<T>(n: i32): i32 { return n; }'),
    says: /ended by itself|call stack|recursion/i,
  },
  {
    name: 'is longer than any loop',
    source: `${honest}\n// ${'x'.repeat(70_000)}`,
    honest: `${honest}\n// ${'x'.repeat(1_000)}`,
    says: /at most 65536 characters/,
  },
];

/** What is no text. */
const strangers: readonly LoopAttack[] = [
  {
    name: 'is an object that says it is a text',
    source: { toString: () => honest, length: honest.length },
    honest,
    says: /function cannot be handed over|text of a loop/i,
  },
  { name: 'is a list of texts', source: [honest], honest, says: /text of a loop/ },
  { name: 'is the compiled bytes', source: new Uint8Array(64), honest, says: /text of a loop/ },
];

export const loopAttacks: readonly LoopAttack[] = [...shortcuts, ...escapes, ...bombs, ...strangers];
