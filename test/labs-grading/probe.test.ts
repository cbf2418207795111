import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProbeReport } from '../../labs-grading/run/probe.ts';

const program = join(import.meta.dirname, '../../labs-grading/run/probe.ts');

describe('the sandbox of this machine', () => {
  const report = JSON.parse(execFileSync(process.execPath, [program], { encoding: 'utf8' })) as ProbeReport;

  it.each(report.probes.map(probe => [probe.name, probe] as const))('%s', (_, probe) => {
    expect(probe).toEqual({ name: probe.name, ok: true, detail: expect.any(String) });
  });

  it('was tried at every wall', () => {
    expect(report.probes.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'user',
        'no root outside',
        'capabilities',
        'system calls refused',
        'network unreachable',
        'fork bomb held',
        'memory bomb killed',
        'TensorFlow works',
      ]),
    );
    expect(report.probes.length).toBeGreaterThanOrEqual(20);
    expect(report.ok).toBe(true);
  });
});
