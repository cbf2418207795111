// What loops need of the engine's WebAssembly, which is declared with the types of browsers only.

/** A compiled module. */
export interface WasmModule {
  readonly compiled?: never;
}

/** A linear memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** What a module asks for, or offers. */
interface Named {
  readonly name: string;
  readonly kind: string;
}

/** An object of `WebAssembly`. */
export interface WasmEngine {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: {
    new (bytes: Uint8Array): WasmModule;
    imports(module: WasmModule): readonly (Named & { readonly module: string })[];
    exports(module: WasmModule): readonly Named[];
  };
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Instance: new (module: WasmModule, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly RuntimeError: new (message?: string) => Error;
}

export const wasm: WasmEngine = (globalThis as unknown as { readonly WebAssembly: WasmEngine }).WebAssembly;
