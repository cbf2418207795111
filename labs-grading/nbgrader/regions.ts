/** Lines that nbgrader takes out of a cell before students get it. */
export interface RegionKind {
  readonly name: 'solution' | 'hidden tests' | 'mark scheme';
  readonly begin: string;
  readonly end: string;
}

/** A marker may stand anywhere in a line, after any sign of a comment. */
export const regionKinds: readonly RegionKind[] = [
  { name: 'solution', begin: 'BEGIN SOLUTION', end: 'END SOLUTION' },
  { name: 'hidden tests', begin: 'BEGIN HIDDEN TESTS', end: 'END HIDDEN TESTS' },
  { name: 'mark scheme', begin: 'BEGIN MARK SCHEME', end: 'END MARK SCHEME' },
];

/** A region's lines, counted from 0, markers included. */
export interface FoundRegion {
  readonly first: number;
  readonly last: number;
}

/** The regions of one kind in a source; `wrong` says what is not well-formed, with the line of the cell. */
export function findRegions(source: string, { name, begin, end }: RegionKind): { regions: FoundRegion[]; wrong?: string } {
  const regions: FoundRegion[] = [];
  let open: number | undefined;
  for (const [i, line] of source.split('\n').entries()) {
    if (line.includes(begin)) {
      if (open !== undefined) return { regions, wrong: `line ${i + 1}: a ${name} region begins inside the one of line ${open + 1}` };
      open = i;
    } else if (line.includes(end) && open !== undefined) {
      regions.push({ first: open, last: i });
      open = undefined;
    }
  }
  return open === undefined ? { regions } : { regions, wrong: `line ${open + 1}: a ${name} region begins and never ends` };
}

/** Whether a line, counted from 0, lies in a region. */
export const inRegion =
  (line: number) =>
  ({ first, last }: FoundRegion): boolean =>
    first <= line && line <= last;

/** The lines outside regions. */
export const withoutRegions = (source: string, regions: readonly FoundRegion[]): string =>
  source
    .split('\n')
    .filter((_, i) => !regions.some(inRegion(i)))
    .join('\n');
