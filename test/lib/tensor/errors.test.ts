import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { LabError } from 'tinylab';
import { describe, expect, it } from 'vitest';

describe('LabError', () => {
  const error = new LabError('a/b', 'Expected $& of 3, got 4.', 'Give one more.');

  it('keeps message and hint apart', () => {
    expect([error.code, error.message, error.hint]).toEqual(['a/b', 'Expected $& of 3, got 4.', 'Give one more.']);
  });

  it('shows its message, then its hint on a line of its own, as text and in a terminal', () => {
    const shown = 'LabError: Expected $& of 3, got 4.\nGive one more.';
    expect(String(error)).toBe(shown);
    expect(error.stack).toMatch(/^LabError: Expected \$& of 3, got 4\.\nGive one more\.\n {4}at .*errors\.test\.ts:/);
    expect(inspect(error)).toContain('Expected $& of 3, got 4.\nGive one more.\n    at ');
  });

  it('ends an uncaught run with both', () => {
    const script = "import { LabError } from './errors.ts'; throw new LabError('a/b', 'what', 'do this');";
    const cwd = join(import.meta.dirname, '../../../lib/tensor');
    let printed = '';
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8', stdio: 'pipe' });
    } catch (failure) {
      printed = (failure as { stderr: string }).stderr;
    }
    expect(printed).toContain('LabError: what\ndo this\n');
  });

  it('is its message alone without a hint', () => {
    expect(String(new LabError('a/b', 'what', ''))).toBe('LabError: what');
  });
});
