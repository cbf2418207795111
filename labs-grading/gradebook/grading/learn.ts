import type { GradedLab } from '../../lab/labs.ts';
import { labFacts } from '../policy/lab-facts.ts';
import type { LabFacts } from '../records.ts';
import type { Store } from '../store/contract.ts';
import { type GradeWorker, retried } from './worker.ts';

/** What has to be known of a lab before its submissions have keys. */
export interface Learned {
  /** What the lab asks. */
  readonly facts: LabFacts;
  /** Versions of the tools that its questions need on this machine, by name; null for one that is missing. */
  readonly tools: Readonly<Record<string, string | null>>;
}

/**
 * Learns what the lab asks. The book knows unless the lab has changed; only a lab that needs tools is asked each time, since what this machine
 * has of them may be another than yesterday. A trial writes nothing: what the lab asks now would make every grade stale.
 */
export async function learn(
  { book, lab, trial = false }: { readonly book: Store; readonly lab: GradedLab; readonly trial?: boolean },
  version: string,
  worker: GradeWorker,
): Promise<Learned> {
  const known = await book.lab(lab.id);
  if (known?.version === version && known.tools === undefined) return { facts: known, tools: {} };
  const questions = await retried(() => worker.questions());
  const facts = labFacts(lab, version, questions);
  if (!trial) await book.putLab(facts);
  const tools = questions.flatMap(({ tools = [] }) => tools.map(({ name, version }) => [name, version ?? null] as const));
  return { facts, tools: Object.fromEntries(tools) };
}
