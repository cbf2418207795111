import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Trial } from '../../../scripts/golden/draft.ts';
import { networkTrials } from '../../../scripts/golden/networks.ts';

const folder = join(import.meta.dirname, '../../../../shared/golden/tflite');

/** Whether the networks with LiteRT's outputs are there. */
export const hasNetworks: boolean = existsSync(folder);

/** Names of the networks. */
export const networkNames = [
  'ad01-int8',
  'hello-world-int8',
  'ic-resnet8-int8',
  'kws-dscnn-int8',
  'mcunet-vww1-int8',
  'vww-mobilenetv1-int8',
] as const;

/** A network with what LiteRT's reference kernels made of some inputs. */
export function goldenTrials(name: (typeof networkNames)[number]): readonly Trial[] {
  return networkTrials(readFileSync(join(folder, `${name}.tflite`)), readFileSync(join(folder, `${name}.json`), 'utf8'));
}
