import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { StaffModule } from './inside/staff-versions.ts';

/** What the checker asks of the student's names. Values inside are tagged JSON of the library's codec; the supervisor never looks into them. */
export type SessionRequest =
  | { readonly op: 'call'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly op: 'apply'; readonly handle: string; readonly args: readonly unknown[] }
  | { readonly op: 'read'; readonly name: string }
  | { readonly op: 'begin'; readonly withhold: readonly string[] }
  | { readonly op: 'handed in'; readonly name: string };

/** What the supervisor asks of the programs inside: the runner, the converter, the evaluator, the probe. */
export type Request =
  | SessionRequest
  /** The program answers as soon as it is loaded. */
  | { readonly op: 'hello' }
  | { readonly op: 'ready'; readonly full: boolean; readonly withheld: readonly string[]; readonly staff?: StaffModule }
  | { readonly op: 'run'; readonly cell: Conversion; readonly name: string; readonly source: string }
  | { readonly op: 'convert'; readonly declarations: string; readonly source: string }
  | { readonly op: 'kept'; readonly before: string; readonly after: string; readonly missing: readonly string[] }
  | { readonly op: 'decode'; readonly name: string }
  | { readonly op: 'predict'; readonly model: unknown; readonly inputs: unknown }
  | { readonly op: 'loop'; readonly request: unknown }
  | { readonly op: 'probe'; readonly name: string };

const text = (limit: number) => z.string().max(limit);

/** Why the student's side gave no value. Kinds that only the grader can know (timeout, memory …) are no words of this language. */
const saidSchema = z.strictObject({
  kind: z.enum(['missing', 'not a function', 'threw', 'not a value', 'changed input', 'refused', 'staff']),
  message: text(20_000),
  hint: text(2_000).optional(),
  where: text(2_000).optional(),
});

/** Kinds whose hint is known without the sandbox. */
const known: ReadonlySet<string> = new Set(['missing', 'not a function', 'changed input', 'staff']);

/**
 * A fault without a hint: hints are the words of authors and graders, and one from a sandbox may be the student's, whatever it looks like.
 * It ends as part of the message, which is shown as what the code said.
 */
export const faultSchema = saidSchema.transform(({ hint, message, ...fault }) => {
  const more = hint === undefined || known.has(fault.kind) ? '' : ` ${hint}`;
  return { ...fault, message: `${message}${more}`.slice(0, 20_000) };
});
export type SandboxFault = z.infer<typeof faultSchema>;

const id = text(32);

/** An answer (a value or a fault), or a call back into the check, which must be answered before the answer can come. */
export const frameSchema = z.union([
  z.strictObject({ id, ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ id, ok: z.literal(false), fault: faultSchema }),
  z.strictObject({ id, callback: text(100), args: z.array(z.unknown()).max(100) }),
]);
export type Frame = z.infer<typeof frameSchema>;

/** The end of one exchange. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: SandboxFault };

const diagnosticSchema = z.strictObject({
  line: z.number(),
  column: z.number(),
  length: z.number(),
  code: z.number(),
  message: text(20_000),
  file: text(1_000).optional(),
});

/** The converter's answer: the kernel's `CompiledCell`. The converter runs nothing of the student, but it reads what students wrote. */
export const conversionSchema = z.strictObject({
  diagnostics: z.array(diagnosticSchema).max(10_000),
  output: text(8_000_000).optional(),
  declarations: text(4_000_000).optional(),
  map: z.array(text(8_000_000)).max(10),
  awaits: z.boolean(),
  modules: z.array(z.strictObject({ path: text(1_000), code: text(8_000_000) })).max(100),
  hints: z.array(z.unknown()).max(10_000),
});
export type Conversion = z.infer<typeof conversionSchema>;

/** The converter's answer about a cell that ended early: the declarations after it. */
export const keptSchema = text(4_000_000);

/** Names that a cell asked `staff` for. */
const askedFor = z.array(text(64)).max(100).optional();

/** Names that a cell declares and had not reached when an error ended it. */
const names = z.array(text(200)).max(1_000);

/** What came of running a cell, as the sandbox tells it. It is shown to people; no verdict depends on it. */
export const runSchema = z.union([
  z.strictObject({ done: z.literal(true), staff: askedFor }),
  z.strictObject({
    done: z.literal(false),
    message: text(20_000),
    where: text(2_000).optional(),
    missing: names.optional(),
    staff: askedFor,
  }),
]);
export type RunOutcome = z.infer<typeof runSchema>;

/** An id that the other side cannot guess before it has read the request. */
export function newId(): string {
  return randomBytes(12).toString('hex');
}
