import { afterAll, describe } from 'vitest';
import { keepsWhatWasWritten } from './store/keeping.ts';
import type { Opening } from './store/opening.ts';
import { removePlaces } from './store/samples.ts';
import { severalWriters } from './store/several.ts';
import { transactions } from './store/transactions.ts';

/** What every store of a gradebook holds to, whatever keeps its data. */
export function storeContract(name: string, opening: Opening): void {
  describe(`${name} as a store`, () => {
    afterAll(removePlaces);
    keepsWhatWasWritten(opening.open);
    transactions(opening.open);
    severalWriters(opening);
  });
}
