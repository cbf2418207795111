// Built-ins of Node 24 that the notebook's compiler, TypeScript 5.0, has no declarations for.

interface Array<T> {
  /** A reversed copy. */
  toReversed(): T[];
  /** A sorted copy. */
  toSorted(compare?: (a: T, b: T) => number): T[];
  /** A copy with elements removed and inserted. */
  toSpliced(start: number, deleteCount?: number, ...items: T[]): T[];
  /** A copy with one element replaced. */
  with(index: number, value: T): T[];
}

interface ReadonlyArray<T> {
  toReversed(): T[];
  toSorted(compare?: (a: T, b: T) => number): T[];
  toSpliced(start: number, deleteCount?: number, ...items: T[]): T[];
  with(index: number, value: T): T[];
}

interface Float32Array {
  toReversed(): Float32Array;
  toSorted(compare?: (a: number, b: number) => number): Float32Array;
  with(index: number, value: number): Float32Array;
}

interface Int32Array {
  toReversed(): Int32Array;
  toSorted(compare?: (a: number, b: number) => number): Int32Array;
  with(index: number, value: number): Int32Array;
}

interface Uint8Array {
  toReversed(): Uint8Array;
  toSorted(compare?: (a: number, b: number) => number): Uint8Array;
  with(index: number, value: number): Uint8Array;
}

interface Set<T> {
  union<U>(other: ReadonlySet<U>): Set<T | U>;
  intersection<U>(other: ReadonlySet<U>): Set<T & U>;
  difference(other: ReadonlySet<unknown>): Set<T>;
  symmetricDifference<U>(other: ReadonlySet<U>): Set<T | U>;
  isSubsetOf(other: ReadonlySet<unknown>): boolean;
  isSupersetOf(other: ReadonlySet<unknown>): boolean;
  isDisjointFrom(other: ReadonlySet<unknown>): boolean;
}

interface ObjectConstructor {
  groupBy<K extends PropertyKey, T>(items: Iterable<T>, key: (item: T, index: number) => K): Partial<Record<K, T[]>>;
}

interface MapConstructor {
  groupBy<K, T>(items: Iterable<T>, key: (item: T, index: number) => K): Map<K, T[]>;
}

interface PromiseConstructor {
  withResolvers<T>(): { promise: Promise<T>; resolve: (value: T | PromiseLike<T>) => void; reject: (reason?: unknown) => void };
}
