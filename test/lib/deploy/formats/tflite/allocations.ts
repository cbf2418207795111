const kinds = ['Int8Array', 'Uint8Array', 'Int16Array', 'Int32Array', 'Float32Array', 'Float64Array', 'BigInt64Array'] as const;

/** Runs something and counts the bytes of all typed arrays that it makes, views of others left out. */
export function countAllocations(run: () => void): number {
  let bytes = 0;
  const globals = globalThis as unknown as Record<string, { new (...args: unknown[]): ArrayBufferView; BYTES_PER_ELEMENT: number }>;
  const originals = kinds.map(kind => globals[kind] as (typeof globals)[string]);
  for (const [i, kind] of kinds.entries()) {
    const original = originals[i] as (typeof globals)[string];
    globals[kind] = new Proxy(original, {
      construct(target, args: unknown[], newTarget) {
        const made = Reflect.construct(target, args, newTarget === globals[kind] ? target : newTarget) as ArrayBufferView;
        if (!(args[0] instanceof ArrayBuffer)) bytes += made.byteLength;
        return made;
      },
    });
  }
  try {
    run();
  } finally {
    for (const [i, kind] of kinds.entries()) globals[kind] = originals[i] as (typeof globals)[string];
  }
  return bytes;
}
