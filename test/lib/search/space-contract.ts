import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, type Space } from '../../../lib/search/space.ts';
import { random } from '../../../lib/tensor/random.ts';

/** What holds for every space; one joins by a call. `size` is what counting by hand gives. */
export function describeSpace<C>(name: string, space: Space<C>, size: number): void {
  const seed = fc.nat(1e6);

  describe(`space: ${name}`, () => {
    it('lists every candidate once, as many as its size says, and tells them apart by encodings of one length', () => {
      const all = [...space.candidates()];
      expect(all).toHaveLength(size);
      expect(space.size()).toBe(size);
      expect(new Set(all.map(candidate => keyOf(space, candidate))).size).toBe(size);
      expect(new Set(all.map(candidate => space.encode(candidate).length))).toEqual(new Set([space.width]));
      expect(all.flatMap(candidate => [...space.encode(candidate)]).every(v => v >= 0 && v <= 1)).toBe(true);
      expect(all.every(candidate => space.contains(candidate))).toBe(true);
      expect(all.every(candidate => space.contains(JSON.parse(JSON.stringify(candidate))))).toBe(true);
      for (const other of [undefined, null, {}, ['none'], 'none', -1, { other: 1 }]) expect(space.contains(other)).toBe(false);
    });

    it('samples, mutates and crosses within itself, the same for the same seed', () => {
      fc.assert(
        fc.property(seed, fc.double({ min: 0, max: 1, noNaN: true }), (n, rate) => {
          const draw = (): C[] => {
            const rng = random(n);
            const [a, b] = [space.sample(rng), space.sample(rng)];
            return [a, b, space.mutate(a, rng, { rate }), space.mutate(b, rng), space.crossover(a, b, rng)];
          };
          const drawn = draw();
          expect(drawn.every(candidate => space.contains(candidate))).toBe(true);
          expect(draw()).toEqual(drawn);
        }),
      );
    });

    it('leaves parents alone: a mutation at rate 0 and a crossing of a candidate with itself are that candidate', () => {
      fc.assert(
        fc.property(seed, n => {
          const rng = random(n);
          const parent = space.sample(rng);
          const before = JSON.stringify(parent);
          expect(space.mutate(parent, rng, { rate: 0 })).toEqual(parent);
          expect(space.crossover(parent, parent, rng)).toEqual(parent);
          space.mutate(parent, rng, { rate: 1 });
          expect(JSON.stringify(parent)).toBe(before);
        }),
      );
      const rng = random(1);
      for (const rate of [-0.1, 1.1, Number.NaN])
        expect(() => space.mutate(space.sample(rng), rng, { rate })).toThrow(expect.objectContaining({ code: 'search/rate' }));
    });

    it('reaches every candidate by sampling, and by mutation from any other', () => {
      const all = new Set([...space.candidates()].map(candidate => keyOf(space, candidate)));
      const rng = random(3);
      const sampled = new Set<string>();
      const walked = new Set<string>();
      let walker = space.sample(rng);
      for (let i = 0; i < 60 * size; i++) {
        sampled.add(keyOf(space, space.sample(rng)));
        walker = space.mutate(walker, rng);
        walked.add(keyOf(space, walker));
      }
      expect(sampled).toEqual(all);
      expect(walked).toEqual(all);
    });
  });
}
