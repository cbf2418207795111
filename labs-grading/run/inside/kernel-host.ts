/** What the library finds in place of a kernel: names can be looked up, nothing is displayed and nobody interrupts. */
export function announceHost(lookup: (name: string) => { readonly found: boolean; readonly value?: unknown }): void {
  const never = new AbortController().signal;
  const host = {
    version: 1,
    display: () => {},
    clearOutput: () => {},
    signal: () => never,
    onTerminate: () => () => {},
    lookup,
  };
  Object.defineProperty(globalThis, Symbol.for('tinylab.kernel'), { value: Object.freeze(host) });
}
