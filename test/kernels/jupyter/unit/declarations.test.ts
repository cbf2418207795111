import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createCellCompiler } from '../../../../kernels/jupyter/compile.ts';

const compiler = createCellCompiler(join(import.meta.dirname, '../../../../notebooks'));
afterAll(() => compiler.close());

/** Compiles cells one after another; the codes of what the last one is refused for. */
function codes(...cells: string[]): number[] {
  let declarations = '';
  let last: number[] = [];
  for (const cell of cells) {
    const { diagnostics, declarations: after } = compiler.convert(declarations, cell);
    last = diagnostics.map(({ code }) => code);
    declarations = after ?? declarations;
  }
  return last;
}

const weights =
  "import { type Model, pretrained } from 'tinylab'; const dense = pretrained('fashion-mnist-vgg'); const w = Object.values(dense.parameters)[0]!.value;";

test.each([
  ['const d = w.data;', 'const top = d.map(x => x * 2);'],
  ['const { data, shape: [rows] } = w;', 'const sorted = data.slice().sort((a, b) => a - b);'],
  ['const pair = [w.shape, w.data] as const;', 'const doubled = pair[1].map(x => 2 * x);'],
  ['const of = (m: Model) => m.parameters.x!.value.data;', 'const kept = of(dense).filter(x => x > 0);'],
  ['class Pruner { model = dense; data() { return w.data; } }', 'const kept = new Pruner().data().filter(x => x > 0);'],
  ['function* all() { yield w.data; }', 'for (const data of all()) data.map(x => x + 1);'],
  ['const held = new Map([["w", w.data]]);', 'held.get("w")?.map(x => x + 1);'],
  ['const Box = class { private a = 1; protected b = 2; sum() { return this.a + this.b; } };', 'const sum = new Box().sum() + 1;'],
  ['function make() { class Inner { #a = 1; private b = 2; sum() { return this.#a + this.b; } } return new Inner(); }', 'make().sum();'],
])('a type without a name of its own: %s', (cell, next) => {
  expect(codes(weights, cell)).toEqual([]);
  expect(codes(weights, cell, next)).toEqual([]);
});

test('and the next cell is still checked against it', () => {
  expect(codes(weights, 'const d = w.data;', 'const text: string = d;')).toEqual([2322]);
  expect(codes(weights, 'const d = w.data;', 'd.nothing;')).toEqual([2339]);
});
