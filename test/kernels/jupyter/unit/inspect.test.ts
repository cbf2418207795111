import { afterAll, describe, expect, test } from 'vitest';
import { describe as shown } from '../../../../kernels/jupyter/answers/names.ts';
import { cellCompiler } from './cells.ts';

const compiler = cellCompiler();
afterAll(() => compiler.close());

const earlier = `import { fit, mlp, strokeGlyphs } from 'tinylab';
const data = strokeGlyphs({ count: 8, seed: 1 });
const net = mlp({ input: [4], classes: 2, seed: 1 });
/** Adds up. @param first the first one. @param second what is added */
function add(first: number, second = 0): number { return first + second; }
class Point { move(by: number, to?: string): this { return this; } }
const point = new Point();`;
const { declarations = '' } = compiler.convert('', earlier);

/** What is shown at the mark | in the code. */
const at = (code: string) => shown({ converter: compiler.converter, declarations }, code.replace('|', ''), [...code].indexOf('|'));

describe('inspection', () => {
  test.each<[string, string[]]>([
    ['fit(net, |', ['fit(', 'model: Model', '→ data: ', 'Trains']],
    ['fit(|', ['fit(', '→ model: ']],
    ['const trained = await fit(net, data, |)', ['fit(', '→ options']],
    ['fit(net, data, { epochs: 3, | })', ['fit(']],
    ['add(|)', ['add(first: number, second?: number | undefined): number', '→ first: number', 'Adds up.']],
    ['add(1,|', ['→ second?: number']],
    ['add(1, 2|)', ['add(first', '→ second']],
    ["point.move(1, '|')", ['move(by: number, to?: string', '→ to?: string | undefined']],
    ['point.move(add(1, |), 2)', ['add(first', '→ second']],
    ['[1].map(|', ['map(callbackfn', '→ callbackfn']],
    ['new Map(|', ['Map(', 'Map<K, V>(iterable']],
    ["'😀'; add(1, |", ['→ second?: number']],
    ['function local(x: string) { return x; }\nlocal(|', ['local(x: string): string', '→ x: string']],
  ])('%s shows the signature, with the parameter that comes next', (code, texts) => {
    for (const text of texts) expect(at(code)).toContain(text);
  });

  test.each<[string, string]>([
    ['ad|d(1, 2)', 'function add(first: number, second?: number | undefined): number'],
    ['add|(1, 2)', 'function add(first: number, second?: number | undefined): number'],
    ['add(net|', 'const net: Model'],
    ['fit(n|et, data)', 'const net: Model'],
  ])('%s is about the name', (code, text) => {
    expect(at(code)).toContain(text);
    expect(at(code)).not.toContain('→');
  });

  test.each(['|', '1 + |', 'add(1, 2);|', 'add(1, 2) |', '// add(|', 'nothing(|', 'const x = () => {|}'])('%s: nothing to say', code => {
    expect(at(code)).toBeUndefined();
  });
});
