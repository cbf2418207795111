import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { staleLibrary } from '../../../../labs-grading/release/stale-library.ts';
import { createContext } from '../../../../scripts/setup/context.mjs';
import { writeStamp } from '../../../../scripts/setup/stamp.mjs';
import { library } from '../../../../scripts/setup/steps/library.mjs';

const root = mkdtempSync(join(tmpdir(), 'tinylab-stale-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the gate looks at the built library first', () => {
  mkdirSync(join(root, 'lib/dist'), { recursive: true });
  const context = createContext({ root });

  it('which a copy without sources cannot build', () => expect(staleLibrary(context)).toEqual([]));

  it('and says what to run when lib was changed, or never built', () => {
    for (const file of ['lib/index.ts', 'lib/dist/index.js', 'lib/dist/index.d.ts', 'tsconfig.json', 'package-lock.json'])
      writeFileSync(join(root, file), '\n');
    const stale = [expect.objectContaining({ file: 'lib/dist', message: expect.stringMatching(/older than lib.*npm run setup/) })];
    expect(staleLibrary(context)).toEqual(stale);
    writeStamp(library, context, 0);
    expect(staleLibrary(context)).toEqual([]);
    appendFileSync(join(root, 'lib/index.ts'), 'export {};\n');
    expect(staleLibrary(context)).toEqual(stale);
  });
});
