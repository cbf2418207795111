import { z } from 'zod';

const schema = z.object({ metadata: z.object({ tinylab: z.object({ version: z.string().max(100) }) }) });

/** Version of the lab that a notebook says it was made with. */
export function labVersionOf(notebook: Buffer | undefined): string | undefined {
  try {
    return schema.safeParse(JSON.parse(notebook?.toString('utf8') ?? '')).data?.metadata.tinylab.version;
  } catch {
    return undefined;
  }
}
