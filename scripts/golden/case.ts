import { LabError } from '../../lib/tensor/errors.ts';

/** One array of a case: `int64` data may come as text. */
export interface CaseArray {
  readonly type: string;
  readonly length: number;
  readonly data: readonly (number | string)[];
}

/** The error of a case that says too little, or asks for what no op of ours computes. */
export function refuseCase(message: string): never {
  throw new LabError('golden/case', message, 'The folder holds cases in the form of CMSIS-NN or networks of LiteRT.');
}

/** A kernel case as it lies in a folder: keys of a header in capitals, and arrays by the names of their files. */
export class KernelCase {
  readonly name: string;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #arrays: Readonly<Record<string, CaseArray>>;

  constructor({ name, config, arrays }: { name: string; config: Readonly<Record<string, unknown>>; arrays: Readonly<Record<string, CaseArray>> }) {
    this.name = name;
    this.#config = config;
    this.#arrays = arrays;
  }

  /** Every key of the header. */
  get keys(): readonly string[] {
    return Object.keys(this.#config);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#config, key);
  }

  text(key: string): string {
    return String(this.#config[key] ?? '');
  }

  /** The number under the first of these keys that there is. */
  number(...keys: readonly string[]): number | undefined {
    const key = keys.find(name => this.has(name) && /^-?\d+$/.test(this.text(name)));
    return key === undefined ? undefined : Number(this.#config[key]);
  }

  /** The same, which must be there. */
  need(...keys: readonly string[]): number {
    return this.number(...keys) ?? refuseCase(`the header has no ${keys.join(' or ')}.`);
  }

  /** The first of these arrays that there is. */
  array(...names: readonly string[]): CaseArray | undefined {
    const name = names.find(file => Object.hasOwn(this.#arrays, file));
    return name === undefined ? undefined : this.#arrays[name];
  }

  needArray(...names: readonly string[]): CaseArray {
    return this.array(...names) ?? refuseCase(`there is no array ${names.join(' or ')}.`);
  }

  /** What of the case begins with a prefix, without it: one layer of a network. */
  part(name: string, { config, arrays }: { readonly config: string; readonly arrays: string }): KernelCase {
    const cut = <T>(record: Readonly<Record<string, T>>, prefix: string): Record<string, T> =>
      Object.fromEntries(Object.entries(record).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])));
    return new KernelCase({ name, config: cut(this.#config, config), arrays: cut(this.#arrays, arrays) });
  }
}

/** A case of a file, checked as far as every case is alike. */
export function readCase(text: string): KernelCase {
  const value = JSON.parse(text) as { name?: unknown; config?: unknown; arrays?: Record<string, CaseArray> };
  const { name, config, arrays } = value;
  if (typeof name !== 'string' || typeof config !== 'object' || config === null || typeof arrays !== 'object' || arrays === null)
    return refuseCase('a case has a name, a config and arrays.');
  for (const [file, array] of Object.entries(arrays))
    if (!Array.isArray(array?.data) || array.data.length !== array.length) refuseCase(`array ${file} does not hold as many numbers as it says.`);
  return new KernelCase({ name, config: config as Record<string, unknown>, arrays });
}
