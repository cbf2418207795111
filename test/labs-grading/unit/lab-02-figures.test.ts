import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const lab = readFileSync(join(root, 'notebooks/02-quantization/lab.ts'), 'utf8');
const { bytes, networks } = JSON.parse(readFileSync(join(root, 'labs-grading/labs/02-quantization/bands.json'), 'utf8')) as {
  bytes: Readonly<Record<string, number>>;
  networks: readonly Readonly<Record<string, readonly number[]>>[];
};

/** What a cell of the lab writes out as `const NAME = { … };`. */
function written<T>(name: string): T {
  const [, text] = new RegExp(`^const ${name}\\b[^=]*= (\\{\\n[^]*?^\\});`, 'm').exec(lab) ?? [];
  return new Function(`return ${text};`)() as T;
}

/** Place of the test images among the sets. */
const onTest = 1;
const mean = (name: string, at = 0): number =>
  Math.round((networks.reduce((sum, network) => sum + (network[name]?.[at] as number), 0) / networks.length) * 1e3) / 1e3;

describe('the pictures of Lab 02 draw what was measured', () => {
  it.each([
    ['codeBooksAlone', ''],
    ['codeBooksRefreshed', ', refreshed'],
  ])('%s: each network at each size of code book', (name, suffix) => {
    const measured = [8, 4, 2, 1].map(bits => [bits, networks.map(network => network[`k-means ${bits} bits${suffix}`]?.[onTest])]);
    expect(written(name)).toEqual(Object.fromEntries(measured));
  });

  it('rounded weights: means by kind and by what shares a scale', () => {
    const means = (kind: string, scope: string) => [8, 6, 4, 3, 2].map(bits => mean(`weights ${bits} bits, ${kind}, ${scope}`));
    const byScope = (kind: string) => Object.fromEntries(['tensor', 'channel', 'group of 32'].map(scope => [scope, means(kind, scope)]));
    expect(written('roundedWeights')).toEqual({ symmetric: byScope('symmetric'), affine: byScope('affine') });
  });

  it('sizes: bytes and mean accuracy', () => {
    const codeBook = (bits: number) => [bytes[`k-means ${bits} bits`], mean(`k-means ${bits} bits, refreshed`, onTest)];
    const grid = (bits: number, kind = 'symmetric') => {
      const name = `weights ${bits} bits, ${kind}, channel`;
      return [bytes[name], mean(name)];
    };
    expect(written('codeBookSizes')).toEqual({ 8: codeBook(8), 4: codeBook(4), 2: codeBook(2), 1: codeBook(1) });
    expect(written('gridSizes')).toEqual({ 8: grid(8), 4: grid(4), 3: grid(3), 2: grid(2, 'affine') });
    expect([bytes.float, mean('float', onTest)]).toEqual([1_733_320, 0.909]);
  });
});
