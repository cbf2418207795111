import { afterAll, describe } from 'vitest';
import type { Store } from '../../labs-grading/gradebook/store/contract.ts';
import { keepsWhatWasWritten } from './store/keeping.ts';
import { removePlaces } from './store/samples.ts';
import { severalWriters } from './store/several.ts';
import { transactions } from './store/transactions.ts';

/** Opens the store of a course whose folder is `place`, and makes it on first use. */
export type OpenStore = (place: string) => Promise<Store>;

/** How a store is opened here, and the path of a module that exports the same function as `open`, for other processes. */
export interface Opening {
  readonly open: OpenStore;
  readonly module: string;
}

/** What every store of a gradebook holds to, whatever keeps its data. */
export function storeContract(name: string, opening: Opening): void {
  describe(`${name} as a store`, () => {
    afterAll(removePlaces);
    keepsWhatWasWritten(opening.open);
    transactions(opening.open);
    severalWriters(opening);
  });
}
