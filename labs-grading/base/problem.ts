/** Why a lab cannot be released: what is wrong, and the place an author goes to mend it. */
export interface Problem {
  readonly rule: string;
  readonly message: string;
  readonly file: string;
  /** Grade id of the cell, or its number from 1. */
  readonly cell?: string;
  readonly line?: number;
}

/** One problem as a line of text: `lab.ts:12 (cell relu): message [rule]`. */
export function problemLine({ rule, message, file, cell, line }: Problem): string {
  const place = `${file}${line === undefined ? '' : `:${line}`}${cell === undefined ? '' : ` (cell ${cell})`}`;
  return `${place}: ${message} [${rule}]`;
}
