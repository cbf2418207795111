import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Anomaly } from '../base/anomaly.ts';
import { Refused } from './intake.ts';
import { nameProblem } from './names.ts';
import type { SourceFile } from './source.ts';

/** What `tinylab submit` puts beside the notebook. It is the student's word: good for finding damage, never for times or scores. */
export const manifestName = 'manifest.json';
const maximumBytes = 2 ** 20;
const maximumNoted = 20;

const schema = z.object({ files: z.record(z.string().max(200), z.object({ sha256: z.string().max(64) })) });

/** Files that are not as they were when they were packed. */
export async function manifestAnomalies(manifest: SourceFile, files: ReadonlyMap<string, Buffer>): Promise<Anomaly[]> {
  const note = (kind: Anomaly['kind'], about: string, detail: string): Anomaly => ({ kind, about, detail });
  try {
    const parsed = schema.safeParse(JSON.parse((await manifest.read(maximumBytes)).toString('utf8')));
    if (!parsed.success) return [note('unreadable', manifestName, 'it is no manifest')];
    const entries = Object.entries(parsed.data.files);
    // A name that no file may have is worth one word, whatever it says.
    if (entries.some(([name]) => nameProblem(name) !== undefined))
      return [note('unreadable', manifestName, 'it names what no file is called')];
    const notes = entries.flatMap(([name, { sha256 }]) => {
      const content = files.get(name);
      if (!content) return [note('missing', name, 'the manifest names it, and it is not there')];
      return createHash('sha256').update(content).digest('hex') === sha256 ? [] : [note('changed', name, 'it is not what was packed')];
    });
    const more = notes.length - maximumNoted;
    return more > 0 ? [...notes.slice(0, maximumNoted), note('unreadable', manifestName, `${more} more files are not as it says`)] : notes;
  } catch (error) {
    if (error instanceof Refused || error instanceof SyntaxError)
      return [note('unreadable', manifestName, error instanceof Refused ? error.message : 'it is not JSON')];
    throw error;
  }
}
