import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { python, requirements } from '../../../../../scripts/bench/peers/onnx-runtime.ts';
import { expectedOf, expressed, type NodeCase } from './node-cases.ts';

describe.skipIf(!python)(
  `node tests of ONNX (skipped without ${requirements.join(', ')}: npm run bench -- onnx --peers installs them)`,
  () => {
    test('integer ops give what ONNX expects of its quantized operators, exactly, wherever a program can say them', () => {
      const script = join(import.meta.dirname, '../../../../../scripts/bench/peers/onnx_node_cases.py');
      const { stdout, status, stderr } = spawnSync(python as string, [script], { encoding: 'utf8', maxBuffer: 2 ** 26 });
      expect(status, stderr).toBe(0);
      const cases = JSON.parse(stdout) as NodeCase[];
      const refused: Record<string, string> = {};
      let equal = 0;
      for (const one of cases) {
        const program = expressed(one);
        if (typeof program === 'string') refused[one.name] = program;
        else {
          const [found] = runProgram(program.program, program.inputs).outputs;
          expect(Array.from(found as Int8Array, Number), one.name).toEqual(expectedOf(one));
          equal++;
        }
      }
      expect(equal).toBe(17);
      const reasons = Object.values(
        Object.groupBy(Object.keys(refused), name => refused[name]?.replace(/ is .*/, ' is of that type') ?? ''),
      ).map(names => names?.length);
      // one scale for each index or block, and types of 8 bits that are no integers, of 16 without sign, of 4 without sign, of 2
      expect(reasons.toSorted()).toEqual([16, 6]);
    });
  },
);
