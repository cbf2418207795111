import { describe, expect, it } from 'vitest';
import { compile, text } from '../../../lib/loops/compile/compile.ts';
import type { LoopArray, LoopCall } from '../../../lib/loops/loop.ts';
import { run } from '../../../lib/loops/run/run.ts';

const matmul = `export function matmul(a: F32s, b: F32s, c: F32s, n: i32): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum: f32 = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
}`;

const array = (name: string, data: LoopArray['data'], use: LoopArray['use'] = 'in'): LoopArray => ({ name, data, use });
const refusal = (source: string): Promise<unknown> => compile(source).catch((error: unknown) => error);

describe('compile', () => {
  it('compiles TypeScript to a module that says what it offers', async () => {
    const { functions, binary } = await compile(matmul);
    expect(functions).toEqual([
      {
        name: 'matmul',
        parameters: [
          ['a', 'F32s'],
          ['b', 'F32s'],
          ['c', 'F32s'],
          ['n', 'i32'],
        ],
        result: 'void',
      },
    ]);
    expect(binary.length).toBeLessThan(400);
    expect(await text({ source: matmul })).toContain('f32.mul');
  });

  it('marks the place of an error in the line of the student', async () => {
    const error = await refusal('export function f(a: F32s): f32 {\n\tlet x = a[0];\n\treturn y + x;\n}');
    expect(error).toMatchObject({ code: 'loops/compile' });
    expect((error as Error).message).toBe("line 3, column 9: Cannot find name 'y'.\n3 | \treturn y + x;\n    \t       ^");
  });

  it.each(
    [
      ['imports', 'import { x } from "./y"; export function f(): i32 { return x; }', 'loops/compile', "File 'y.ts' not found"],
      [
        'the host',
        '@external("env", "now") declare function now(): f64; export function f(): f64 { return now(); }',
        'loops/source',
        'env.now',
      ],
      ['code outside of functions', 'memory.fill(0, 1, 4); export function f(): void {}', 'loops/source', 'outside of its functions'],
      ['objects', 'export function f(n: i32): i32 { const a = new Array<i32>(n); return a.length; }', 'loops/source', 'no objects'],
      ['a memory that grows', 'export function f(): i32 { return memory.grow(1); }', 'loops/source', 'memory.grow'],
      [
        'a memory that grows in a function within',
        'function g(): i32 { let n = 0; for (let i = 0; i < 9; i++) n += memory.grow(i); return n; }\nexport function f(): i32 { return g() + g(); }',
        'loops/source',
        'memory.grow',
      ],
      ['an end of its own', 'export function tinylabMemoryEnd(): usize { return 8; }', 'loops/source', "compiler's own"],
      ['an end by another name', 'function f(): usize { return 8; }\nexport { f as tinylabMemoryEnd };', 'loops/source', "compiler's own"],
      [
        'calls through variables',
        'const g = (x: i32): i32 => x; const h = (x: i32): i32 => 2 * x; export function f(n: i32): i32 { const k: (x: i32) => i32 = n > 1 ? g : h; return k(n); }',
        'loops/source',
        'not counted here',
      ],
      ['nothing exported', 'function f(): void {}', 'loops/source', 'exports no function'],
      ['a long text', `// ${'x'.repeat(70_000)}`, 'loops/source', 'at most 65536'],
    ].map(([what, source, code, part]) => ({ what, source, code, part })),
  )('refuses $what', async ({ source = '', code, part }) => {
    const error = await refusal(source);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(part);
  });

  it('refuses what is no text', async () => {
    expect(await refusal(null as never)).toMatchObject({ code: 'loops/source' });
  });
});

describe('run', () => {
  it('computes on typed arrays', async () => {
    const loop = await compile(matmul);
    const call: LoopCall = {
      args: [array('a', Float32Array.of(1, 2, 3, 4)), array('b', Float32Array.of(5, 6, 7, 8)), array('c', new Float32Array(4), 'out'), 2],
    };
    expect((await run(loop, call)).outputs.c).toEqual(Float32Array.of(19, 22, 43, 50));
  });

  it('reads and writes elements of every kind', async () => {
    const source = `export function add(a: I8s, b: U8s, c: I16s, d: I32s, e: F32s, n: i32): void {
      for (let i = 0; i < n; i++) { d[i] = a[i] + b[i] + c[i]; e[i] = <f32>d[i]; c.from(i)[0] = d[i]; }
      e.setVector(0, f32x4.add(e.vector(0), f32x4.splat(1)));
    }`;
    const call: LoopCall = {
      args: [
        array('a', Int8Array.of(-128, 127, -1, 1)),
        array('b', Uint8Array.of(255, 0, 1, 2)),
        array('c', Int16Array.of(-32768, 32767, 5, 6), 'inout'),
        array('d', new Int32Array(4), 'out'),
        array('e', new Float32Array(4), 'out'),
        4,
      ],
    };
    const { outputs } = await run(await compile(source), call);
    expect(outputs.d).toEqual(Int32Array.of(-32641, 32894, 5, 9));
    expect(outputs.e).toEqual(Float32Array.of(-32640, 32895, 6, 10));
    expect(outputs.c).toEqual(Int16Array.of(-32641, -32642, 5, 9));
  });

  it.each(
    [
      ['behind the end', 'for (let i = 0; i <= n; i++) c[i] = 0;', 'loops/out-of-bounds', 'the element behind the end of c'],
      ['before the start', 'for (let i = -2; i < n; i++) c[i] = 0;', 'loops/out-of-bounds', '2 elements before the start of c'],
      ['into an input', 'a[1] = 7; for (let i = 0; i < n; i++) c[i] = 0;', 'loops/changed-input', 'element 1 was 2 and is 7'],
      ['far away', 'store<i32>(0xfffffff0, 1);', 'loops/trap', 'far outside'],
      ['for ever', 'while (n > 0) c[0] += 1;', 'loops/endless', 'longer than 0.3 s'],
      ['and divides by zero', 'c[0] = <f32>(<i32>1 / (n - 3));', 'loops/trap', 'by zero'],
      ['and traps', 'unreachable();', 'loops/trap', 'unreachable'],
      ['and is not answered yet', "throw new Error('Not answered yet.');", 'loops/trap', 'reached a throw'],
    ].map(([what, body, code, part]) => ({ what, body, code, part })),
  )('names a loop that writes $what', async ({ body, code, part }) => {
    const loop = await compile(`export function f(a: F32s, c: F32s, n: i32): void { ${body} }`);
    const call: LoopCall = { args: [array('a', Float32Array.of(1, 2, 3)), array('c', new Float32Array(3), 'out'), 3] };
    const error = await run(loop, call, { deadlineMs: 300 }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(part);
  });

  it('leaves poison in what was not written, which is no number', async () => {
    const loop = await compile('export function f(c: F32s, d: I8s): void { c[0] = 1; }');
    const { outputs } = await run(loop, { args: [array('c', new Float32Array(2), 'out'), array('d', new Int8Array(1), 'out')] });
    expect(outputs.c).toEqual(Float32Array.of(1, Number.NaN));
    expect(outputs.d).toEqual(Int8Array.of(-91));
  });

  it('starts with fresh memory each time', async () => {
    const loop = await compile('let calls: i32 = 0; export function f(c: I32s): i32 { c[0] = ++calls; return calls; }');
    const call: LoopCall = { args: [array('c', new Int32Array(1), 'out')] };
    expect([await run(loop, call), await run(loop, call)].map(({ value }) => value)).toEqual([1, 1]);
  });

  it.each([
    ['too few arguments', { args: [] }, 'takes 1 arguments; it is called with 0'],
    ['an unknown function', { function: 'g', args: [1] }, 'no function "g"'],
    ['doubles', { args: [{ name: 'a', data: new Float64Array(1), use: 'in' }] }, 'holds no float32'],
    ['an unknown use', { args: [{ name: 'a', data: new Int8Array(1), use: 'out!' }] }, '"out!"'],
  ])('refuses a call with %s', async (_, call, part) => {
    const loop = await compile('export function f(a: I32s): void {}');
    const error = await run(loop, call as never).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'loops/call' });
    expect((error as Error).message).toContain(part);
  });
});
