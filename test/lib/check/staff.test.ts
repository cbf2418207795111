import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../../house/modules.ts';
import { inProcess } from './in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'tinylab-staff-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('staff', () => {
  it('gives the lab’s version, earns no points, and is refused while answers are scored', () => {
    const library = JSON.stringify(join(root, 'lib/index.ts'));
    writeFileSync(
      join(folder, 'checks.ts'),
      `import { lab, question } from ${library};
       export default lab('l', [question('a', { points: 1, uses: ['relu'] }, async q => void q.equal(await q.call('relu', -1), 0))], { staff: { relu: x => Math.max(0, x) } });`,
    );
    const program = (hooks: string) => `import { LabError, staff } from 'tinylab';
import { isStaff, loadLab, localSession, runQuestion, setCheckHooks } from 'tinylab/grading';
      ${hooks}
      try {
        const relu = await staff('relu');
        const { questions: [a] } = await loadLab();
        const session = localSession({ lookup: () => ({ found: true, value: relu }) });
        const report = await runQuestion(a, session, { seed: 1 });
        console.log(relu(-3), isStaff(relu), report.score, report.items[0].reason);
      } catch (error) { console.log(error.code); }`;
    expect(inProcess(folder, program(''))).toBe('0 true 0 staff');
    expect(inProcess(folder, program("setCheckHooks({ deliverables: '.', saved: true, staff: false });"))).toBe('staff/withheld');
    expect(
      inProcess(folder, "import { staff } from 'tinylab';\ntry { await staff('other'); } catch (error) { console.log(error.code); }"),
    ).toBe('staff/unknown');
  });
});
