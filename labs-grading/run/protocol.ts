import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** JavaScript of one compiled cell, as tslab's converter makes it. */
export interface CompiledCell {
  readonly output: string;
  readonly hasTopLevelAwait: boolean;
  readonly lastExpressionVariable?: string;
}

/** What the checker asks of the student's names. Values inside are tagged JSON of the library's codec; the supervisor never looks into them. */
export type SessionRequest =
  | { readonly op: 'call'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly op: 'apply'; readonly handle: string; readonly args: readonly unknown[] }
  | { readonly op: 'read'; readonly name: string }
  | { readonly op: 'begin'; readonly withhold: readonly string[] };

/** What the supervisor asks of the programs inside: the runner, the converter, the evaluator, the probe. */
export type Request =
  | SessionRequest
  | { readonly op: 'ready'; readonly full?: boolean }
  | { readonly op: 'run'; readonly cell: CompiledCell }
  | { readonly op: 'convert'; readonly declarations: string; readonly source: string }
  | { readonly op: 'decode'; readonly name: string }
  | { readonly op: 'predict'; readonly name: string; readonly images: unknown }
  | { readonly op: 'probe'; readonly name: string };

const text = (limit: number) => z.string().max(limit);

/** Why the student's side gave no value. Kinds that only the grader can know (timeout, memory …) are no words of this language. */
export const faultSchema = z.strictObject({
  kind: z.enum(['missing', 'not a function', 'threw', 'not a value', 'refused', 'staff']),
  message: text(20_000),
  hint: text(2_000).optional(),
  where: text(2_000).optional(),
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

/** One complaint of the compiler. */
const diagnosticSchema = z.strictObject({ line: z.number(), column: z.number(), code: z.number(), message: text(20_000) });
export type Diagnostic = z.infer<typeof diagnosticSchema>;

/** The converter's answer. Its sandbox runs nothing of the student, but it reads what students wrote. */
export const conversionSchema = z.strictObject({
  diagnostics: z.array(diagnosticSchema).max(1_000),
  declarations: text(4_000_000),
  cell: z.strictObject({ output: text(8_000_000), hasTopLevelAwait: z.boolean(), lastExpressionVariable: text(200).optional() }).optional(),
});
export type Conversion = z.infer<typeof conversionSchema>;

/** An id that the other side cannot guess before it has read the request. */
export function newId(): string {
  return randomBytes(12).toString('hex');
}
