import type { Kit } from './kit.ts';

/** Answers the checker's wish for a deliverable. */
export function deliverableReader(_kit: Kit, folder: string | undefined): (name: string) => Promise<unknown> {
  return async name => {
    const message = folder === undefined ? `Nothing was handed in, so ${name} is missing.` : `${name} was not handed in.`;
    return { ok: false, fault: { kind: 'missing', message } };
  };
}
