import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Elements, ElementType } from '../../../../../lib/deploy/program.ts';
import { root } from '../../../../house/modules.ts';

/** Networks that others made and quantized, with what LiteRT's reference kernels computed. They are no part of the project. */
export const folder: string = join(root, '../shared/golden/tflite');
export const thereAreNetworks: boolean = existsSync(folder);

export const networks = [
  'hello-world-int8',
  'ad01-int8',
  'ic-resnet8-int8',
  'kws-dscnn-int8',
  'vww-mobilenetv1-int8',
  'mcunet-vww1-int8',
] as const;

export const fileOf = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, `${name}.tflite`)));

interface Stored {
  readonly dtype: ElementType;
  readonly base64: string;
}

const views = { int8: Int8Array, uint8: Uint8Array, float32: Float32Array } as const;

const elements = ({ dtype, base64 }: Stored): Elements =>
  new views[dtype as keyof typeof views](new Uint8Array(Buffer.from(base64, 'base64')).buffer);

export const casesOf = (name: string): { inputs: Elements[]; reference: Elements[] }[] =>
  (JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { cases: { inputs: Stored[]; reference: Stored[] }[] }).cases.map(
    ({ inputs, reference }) => ({ inputs: inputs.map(elements), reference: reference.map(elements) }),
  );

/** The bytes of an array. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Elements): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);
