import { GraderError } from '../base/grader-error.ts';
import type { Cell } from './cells.ts';

// The percent format as jupytext writes it for TypeScript: `// %%` starts a cell, `// %% [markdown]` a text cell whose lines are comments,
// metadata follows as `key=JSON`, and a header between two lines `// ---` names the kernel.

const marker = /^\/\/ %%(?:\s+(.*))?$/;
const kind = /^\[(markdown|raw)\]\s*/;

/**
 * Reads the text source of a lab.
 * @throws GraderError for text before the first cell, a text cell with a line that is no comment, or metadata that is no JSON.
 */
export function parsePercent(text: string, file: string): Cell[] {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  const start = afterHeader(lines);
  const cells: { head: string; line: number; body: string[] }[] = [];
  for (const [i, line] of lines.entries()) {
    if (i < start) continue;
    const match = marker.exec(line);
    if (match) cells.push({ head: match[1] ?? '', line: i + 1, body: [] });
    else if (cells.length > 0) cells.at(-1)?.body.push(line);
    else if (line.trim() !== '') throw refusal(file, i + 1, `expected a cell marker (// %%), got ${JSON.stringify(line)}`);
  }
  return cells.map(({ head, line, body }) => {
    const { type, metadata } = parseHead(head, { file, line });
    const source = type === 'code' ? body : body.map((text, i) => uncomment(text, { file, line: line + i + 1 }));
    return { type, metadata, source: trimEnd(source).join('\n'), line: line + 1 };
  });
}

function afterHeader(lines: readonly string[]): number {
  // jupytext writes the encoding where a text is more than ASCII.
  const start = lines[0]?.startsWith('// -*- coding') ? 1 : 0;
  if (lines[start] !== '// ---') return start;
  const end = lines.indexOf('// ---', start + 1);
  return end < 0 ? start : end + 1;
}

interface Place {
  readonly file: string;
  readonly line: number;
}

function parseHead(head: string, { file, line }: Place): { type: Cell['type']; metadata: Record<string, unknown> } {
  let rest = head.trim();
  const metadata: Record<string, unknown> = {};
  const title = /^[^[={}"]*?(?=\s*(?:\[(?:markdown|raw)\]|[\w.-]+=|$))/.exec(rest)?.[0].trim() ?? '';
  if (title) metadata.title = title;
  rest = rest.slice(title.length).trim();
  const type = (kind.exec(rest)?.[1] ?? 'code') as Cell['type'];
  rest = rest.replace(kind, '');
  while (rest !== '') {
    const key = /^([\w.-]+)=/.exec(rest)?.[1];
    if (!key) throw refusal(file, line, `expected metadata as key=JSON, got ${JSON.stringify(rest)}`);
    const value = readJson(rest.slice(key.length + 1));
    if (!value) throw refusal(file, line, `the metadata ${key} is not JSON`);
    metadata[key] = value.json;
    rest = rest.slice(key.length + 1 + value.length).trim();
  }
  return { type, metadata };
}

/** The JSON value that `text` starts with: the shortest prefix up to a blank or the end that parses. */
function readJson(text: string): { json: unknown; length: number } | undefined {
  for (const end of [...text.matchAll(/\s|$/g)].map(match => match.index)) {
    try {
      return { json: JSON.parse(text.slice(0, end)), length: end };
    } catch {}
  }
  return undefined;
}

function uncomment(line: string, { file, line: number }: Place): string {
  if (line.startsWith('// ')) return line.slice(3);
  if (line === '//' || line === '') return '';
  throw refusal(file, number, `a line of a text cell should start with "// ", got ${JSON.stringify(line)}`);
}

function trimEnd(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex(line => line.trim() !== '') + 1);
}

const refusal = (file: string, line: number, message: string): GraderError =>
  new GraderError('lab/problems', [{ rule: 'format', message, file, line }]);

/** Writes cells as percent text, in the form that jupytext gives them, so that editing a lab as a notebook changes only what was edited. */
export function formatPercent(cells: readonly Cell[], header: string): string {
  const blocks = cells.map(({ type, source, metadata }) => {
    const { title, ...rest } = metadata;
    const fields = Object.keys(rest)
      .sort()
      .map(key => `${key}=${pythonJson(rest[key])}`);
    const head = ['// %%', ...(title ? [String(title)] : []), ...(type === 'code' ? [] : [`[${type}]`]), ...fields].join(' ');
    const lines = type === 'code' ? source.split('\n') : source.split('\n').map(line => (line === '' ? '//' : `// ${line}`));
    return source === '' ? head : [head, ...lines].join('\n');
  });
  return `${[header.trimEnd(), ...blocks].filter(Boolean).join('\n\n')}\n`;
}

/** JSON with Python's blanks and sorted keys. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const record = value as Record<string, unknown>;
  const fields = Object.keys(record).sort();
  return `{${fields.map(key => `${JSON.stringify(key)}: ${pythonJson(record[key])}`).join(', ')}}`;
}

/** The header that a lab's text source carries. */
export const percentHeader = `// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: TypeScript (TinyLab)
//     language: typescript
//     name: tinylab
// ---
`;
