import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { GraderError } from '../base/grader-error.ts';
import { shown } from '../base/project.ts';
import type { LabFiles } from '../release/lab-files.ts';

const schema = z.array(z.strictObject({ question: z.string(), operator: z.string(), diff: z.string(), why: z.string().min(10) }));

/** Survivors that a person has found acceptable: the change, as the report prints it, and why. */
export type Accepted = z.infer<typeof schema>;

/** What `survivors.json` of the lab says; nothing where there is no such file. @throws GraderError when it cannot be read. */
export function acceptedOf(files: LabFiles): Accepted {
  const file = join(files.secret, 'survivors.json');
  if (!existsSync(file)) return [];
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const what =
      error instanceof z.ZodError ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') : String(error);
    throw new GraderError('lab/problems', [{ rule: 'survivors', file: shown(file), message: what }]);
  }
}
