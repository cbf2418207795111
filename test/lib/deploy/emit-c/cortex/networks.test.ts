import { describe, expect, it } from 'vitest';
import { emitC } from '../../../../../lib/deploy/emit-c/emit-c.ts';
import { readTflite } from '../../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { fileOf, networks, thereAreNetworks } from '../../formats/tflite/networks.ts';

describe.skipIf(!thereAreNetworks)('networks of others (skipped without ../shared/golden/tflite)', () => {
  it.each(networks)('every layer with weights of %s has a fast kernel', name => {
    const program = readTflite(fileOf(name));
    for (const core of ['cortex-m4', 'cortex-m55'] as const) {
      const layers = emitC(program, { core }).steps.filter(({ op }) => ['conv2d', 'depthwise-conv2d', 'dense'].includes(op));
      expect(layers.length).toBeGreaterThan(0);
      expect(layers.filter(({ kernel }) => kernel.startsWith('plain'))).toEqual([]);
    }
  });
});
