import type { Store } from '../../../labs-grading/gradebook/store/contract.ts';

/** Opens the store of a course whose folder is `place`, and makes it on first use. */
export type OpenStore = (place: string) => Promise<Store>;

/** How a store is opened here, and the path of a module that exports the same function as `open`, for other processes. */
export interface Opening {
  readonly open: OpenStore;
  readonly module: string;
}
