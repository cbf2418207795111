import { describe, expect, it } from 'vitest';
import { foreseen, readChanged } from './hostile.ts';
import { fileOf, networks, thereAreNetworks } from './networks.ts';

describe.skipIf(!thereAreNetworks)('files of others, changed (skipped without ../shared/golden/tflite)', () => {
  it('10,000 of them are read or refused by name, in memory of their own size', () => {
    const { codes, crashes, allocated } = readChanged(networks.map(fileOf), { count: 10_000, seed: 7 });
    expect(crashes).toEqual([]);
    expect(Object.keys(codes).filter(code => !foreseen.test(code))).toEqual([]);
    expect(allocated).toBeLessThan(2);
  });
});
