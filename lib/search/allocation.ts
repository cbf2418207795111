/** Sparsity by parameter name, 0–1: how much of each weight goes. */
export type Allocation = Readonly<Record<string, number>>;

/** The same sparsity for each of these parameters. */
export function uniformAllocation(names: readonly string[], sparsity: number): Allocation {
  return Object.fromEntries(names.map(name => [name, sparsity]));
}
