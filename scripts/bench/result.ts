/** Repeated measurements of one thing, in the benchmark's unit. */
export type Sample = { min: number; median: number; n: number };

/** What a benchmark returns: `ratio` is ours.min / the best peer's min; `rows` are further lines for a person. */
export type Result = {
  name: string;
  unit: string;
  ours: Sample;
  peers: Record<string, Sample>;
  ratio?: number;
  rows?: string[];
};

/** The default export of a benchmark file. Ours and the peers are measured alternately in one run. */
export type Benchmark = (options: { peers: boolean; log: (line: string) => void }) => Promise<Result>;
