import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normal, random } from '../../../lib/tensor/random.ts';

it('normal fills an array with what one draw after the other gives, and leaves the stream there', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 0, max: 33 }), { maxLength: 4 }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (seed, sizes, mean) => {
        const [filling, drawing] = [random(seed), random(seed)];
        for (const size of sizes) {
          const drawn = Float32Array.from({ length: size }, () => drawing.normal(mean, 0.3));
          expect(normal(filling, [size], { mean, deviation: 0.3 }).data).toEqual(drawn);
          expect(filling.next()).toBe(drawing.next());
        }
        expect(filling.normal()).toBe(drawing.normal());
      },
    ),
  );
});
