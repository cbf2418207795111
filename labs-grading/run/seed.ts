import { createHash } from 'node:crypto';

/** The seed of one student's questions: different for each, the same on every run with the same `seed`. */
export function studentSeed(seed: number, lab: string, student: string): number {
  return createHash('sha256')
    .update(JSON.stringify([seed, lab, student]))
    .digest()
    .readUInt32BE(0);
}
