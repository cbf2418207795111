import { describe, expect, it } from 'vitest';
import { readTflite } from '../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { fuseProgram } from '../../../../lib/deploy/fuse/fuse.ts';
import { outlineProgram } from '../../../../lib/deploy/lower/outline.ts';
import { runOnMcu } from '../../../../lib/deploy/mcu/run.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import { searchPatches } from '../../../../lib/deploy/patch/search.ts';
import { peakBytes, planMemory } from '../../../../lib/deploy/plan/plan.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { mobileNetV2 } from '../../../../lib/model/mobilenet-v2.ts';
import { randomInputs } from '../arbitrary-program.ts';
import { fileOf, thereAreNetworks } from '../formats/tflite/networks.ts';
import { runInArena } from '../plan/arena.ts';

const inPlace = { inPlaceDepthwise: true };
const tools = await mcuTools().catch(() => undefined);

describe('patches in one arena', () => {
  it('give the same bytes where values overwrite each other: pastes over their canvas, sums and depthwise layers over their inputs', () => {
    const program = outlineProgram(mobileNetV2({ width: 0.35, input: [40, 40, 3], classes: 3 }));
    const inputs = randomInputs(program, { seed: 5 });
    const { outputs } = runProgram(program, inputs);
    for (const [steps, rows, columns] of [
      [3, 2, 2],
      [10, 3, 2],
      [13, 4, 1],
      [16, 2, 2],
    ] as const) {
      const patched = patchProgram(program, { steps, rows, columns });
      const plan = planMemory(patched, inPlace);
      expect(runInArena(patched, inputs, plan)).toEqual(outputs);
    }
  });
});

describe.skipIf(!thereAreNetworks)('mcunet-vww1 (skipped without ../shared/golden/tflite)', () => {
  const program = thereAreNetworks ? fuseProgram(readTflite(fileOf('mcunet-vww1-int8')), { integerEnds: true }) : undefined;

  it('needs 32,000 bytes in 4 × 5 patches with depthwise layers in place, and a plan has as few', async () => {
    if (!program) return;
    const bytes = (of: typeof program): number => peakBytes(of, inPlace);
    const { best, plain, program: patched } = await searchPatches(program, { splits: [5, 6, 7], patches: 5, bytes });
    expect(plain.bytes).toBe(89_600);
    expect(best).toMatchObject({ steps: 6, rows: 4, columns: 5, bytes: 32_000, macs: 12_179_904 });
    expect(planMemory(patched, inPlace)).toMatchObject({ bytes: 32_000, optimal: true });
  });

  it.skipIf(!tools)(
    'runs in patches on an emulated microcontroller, the same bytes from less than half the memory',
    { timeout: 60_000 },
    async () => {
      if (!program) return;
      const inputs = randomInputs(program, { seed: 7, count: 2 });
      const run = await runOnMcu(patchProgram(program, { steps: 6, rows: 2, columns: 3 }), { device: 'STM32H743', inputs });
      expect(run.outputs).toEqual(runProgram(program, inputs, { interpreter: 'reference' }).outputs);
      // TinyEngine: 89,600 bytes without patches, 44,800 with 3 × 3
      expect(run.arenaBytes).toBeLessThan(44_800);
    },
  );
});
