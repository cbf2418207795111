import { describe, expect, it } from 'vitest';
import { foreseen, readChanged } from './hostile.ts';
import { fileOf, networks, thereAreNetworks } from './networks.ts';

describe.skipIf(!thereAreNetworks)('files of others, changed (skipped without ../shared/golden/tflite)', () => {
  it('are read as a program that can run or refused by name, in memory of their own size', () => {
    const { codes, crashes, allocated } = readChanged(networks.map(fileOf), { count: 600, seed: 1 });
    expect(crashes).toEqual([]);
    expect(Object.keys(codes).filter(code => !foreseen.test(code))).toEqual([]);
    expect(codes.read).toBeGreaterThan(100);
    expect(codes['deploy/tflite']).toBeGreaterThan(100);
    expect(allocated).toBeLessThan(2);
  });
});
