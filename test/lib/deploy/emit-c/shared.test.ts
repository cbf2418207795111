import { describe, expect, it } from 'vitest';
import { emitC } from '../../../../lib/deploy/emit-c/emit-c.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { randomInputs } from '../arbitrary-program.ts';
import { chain } from '../patch/programs.ts';
import { hasCompiler, runOnHost } from './host.ts';

const whole = chain([20, 20, 3], [{ channels: 4 }, { channels: 4 }]);
const program = patchProgram(whole, { steps: 2, rows: 4, columns: 4 });

describe('steps that do the same in other places', () => {
  const source = emitC(program);
  const text = Object.values(source.files).join('\n');

  it('share one function, which is called with their places', () => {
    // 16 patches of two convolutions; by where they lie, at an edge, at another or at none, there are 3 × 3 kinds
    expect(text.match(/^STEP shared_conv2d_\d+\(/gm)?.length).toBeLessThanOrEqual(2 * 9);
    expect(text.match(/ {2}shared_conv2d_\d+\(network_arena \+ \d+, network_arena \+ \d+\);/g)?.length).toBeGreaterThan(20);
    expect(source.steps.filter(({ function: name }) => !text.includes(`STEP ${name}(void)`))).toEqual([]);
    const alone = Object.values(emitC(whole).files).join('\n');
    expect(alone).not.toMatch(/shared_/);
  });

  it.skipIf(!hasCompiler)('compute what they compute alone (skipped without gcc)', () => {
    const examples = [1, 2].map(seed => randomInputs(program, { seed }));
    const outputs = examples.map(inputs => runProgram(whole, inputs).outputs);
    expect(runOnHost(program, { source, examples })).toEqual(outputs);
    expect(runOnHost(program, { source: emitC(program, { plan: { alignment: 1 } }), examples })).toEqual(outputs);
  });
});
