type Entry = { readonly line: number; readonly input: string; output: string | null };

export interface HistoryRequest {
  readonly hist_access_type?: string;
  readonly output?: boolean;
  readonly session?: number;
  readonly start?: number;
  readonly stop?: number | null;
  readonly n?: number | null;
  readonly pattern?: string;
  readonly unique?: boolean;
}

export interface History {
  add(line: number, input: string): void;
  addOutput(line: number, output: string): void;
  /** Entries [session, line, input] or [session, line, [input, output]]. */
  find(request: HistoryRequest): unknown[];
}

/** The cells of this session, which is the only one that is kept: its number is 1, and 0 means it, too. */
const session = 1;

export function createHistory(): History {
  const entries: Entry[] = [];
  return {
    add: (line, input) => void entries.push({ line, input, output: null }),
    addOutput(line, output) {
      const entry = entries.findLast(candidate => candidate.line === line);
      if (entry) entry.output = output;
    },
    find: request => select(entries, request).map(({ line, input, output }) => [session, line, request.output ? [input, output] : input]),
  };
}

function select(entries: readonly Entry[], request: HistoryRequest): Entry[] {
  const { hist_access_type: kind, start = 0, stop, n, pattern = '*', unique } = request;
  if (kind === 'range') {
    if (request.session && request.session !== session) return [];
    return entries.filter(({ line }) => line >= start && (stop == null || line < stop));
  }
  const matching = kind === 'search' ? entries.filter(({ input }) => glob(pattern).test(input)) : entries;
  const found = unique ? matching.filter((entry, at) => matching.findLastIndex(other => other.input === entry.input) === at) : matching;
  return n == null ? [...found] : found.slice(Math.max(0, found.length - n));
}

/** `*` stands for any text and `?` for one character. */
function glob(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's');
}
