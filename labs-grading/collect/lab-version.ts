import { z } from 'zod';
import { parseHostile } from '../base/json.ts';

const schema = z.object({ metadata: z.object({ tinylab: z.object({ version: z.string().max(100) }) }) });

/** Version of the lab that a notebook says it was made with. */
export function labVersionOf(notebook: Buffer | undefined): string | undefined {
  const read = parseHostile(notebook?.toString('utf8') ?? '');
  return 'wrong' in read ? undefined : schema.safeParse(read.value).data?.metadata.tinylab.version;
}
