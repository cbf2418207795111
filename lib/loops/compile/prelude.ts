/** What a view of one element type is made of. */
interface View {
  readonly name: string;
  /** Of an element in memory, and of it as a value. */
  readonly stored: string;
  readonly value: string;
  /** log2 of an element's bytes. */
  readonly shift: number;
}

const views: readonly View[] = [
  { name: 'F32s', stored: 'f32', value: 'f32', shift: 2 },
  { name: 'I32s', stored: 'i32', value: 'i32', shift: 2 },
  { name: 'I16s', stored: 'i16', value: 'i32', shift: 1 },
  { name: 'I8s', stored: 'i8', value: 'i32', shift: 0 },
  { name: 'U8s', stored: 'u8', value: 'i32', shift: 0 },
];

/**
 * The views through which a loop sees its arrays. A view is an address and nothing else, so that reading an element is one load: no header, no bounds, no
 * garbage. Small integers are read as i32, since WebAssembly computes with nothing smaller.
 */
const viewClass = ({ name, stored, value, shift }: View): string => `
@global @unmanaged class ${name} {
  @inline @operator("[]") private __get(i: i32): ${value} { return load<${stored}>(changetype<usize>(this) + (<usize>i << ${shift})); }
  @inline @operator("[]=") private __set(i: i32, v: ${value}): void { store<${stored}>(changetype<usize>(this) + (<usize>i << ${shift}), <${stored}>v); }
  @inline from(i: i32): ${name} { return changetype<${name}>(changetype<usize>(this) + (<usize>i << ${shift})); }
  @inline vector(i: i32): v128 { return v128.load(changetype<usize>(this) + (<usize>i << ${shift})); }
  @inline splat(i: i32): v128 { return v128.load${8 << shift}_splat(changetype<usize>(this) + (<usize>i << ${shift})); }
  @inline setVector(i: i32, v: v128): void { v128.store(changetype<usize>(this) + (<usize>i << ${shift}), v); }
}`;

/** The name under which a compiled loop tells where its own constants end. */
export const memoryEnd = 'tinylabMemoryEnd';

/** Stands before each source as a file of its own, so that lines of a student's text are counted from its own first one. */
export const prelude: string = `${views.map(viewClass).join('\n')}
export function ${memoryEnd}(): usize { return __heap_base; }
`;

/** Names of the views, by what an array of that kind holds in JavaScript. */
export const viewOf: Readonly<Record<string, string>> = {
  Float32Array: 'F32s',
  Int32Array: 'I32s',
  Int16Array: 'I16s',
  Int8Array: 'I8s',
  Uint8Array: 'U8s',
};
