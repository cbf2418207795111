import { originalPosition } from './positions.ts';

const here = import.meta.dirname.replace(/\/execution$/, '/');
let installed = false;

/** Makes every `error.stack` of the process name places in cells as the author wrote them. */
export function installStackPositions(): void {
  if (installed) return;
  installed = true;
  Error.prepareStackTrace = (error, frames) => [heading(error), ...lines(frames)].join('\n');
}

function heading(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** Frames below the cell's own, which belong to the kernel, and Node's inner ones are left out. */
function lines(frames: readonly NodeJS.CallSite[]): string[] {
  const inCell = frames.some(frame => originalOf(frame) !== undefined);
  const shown = inCell ? frames.filter(frame => !isInner(frame.getFileName() ?? '')) : frames;
  return shown.map(frame => `    at ${describe(frame)}`);
}

const isInner = (file: string) => file.startsWith('node:') || file.replace(/^file:\/\//, '').startsWith(here);

function originalOf(frame: NodeJS.CallSite): { line: number; column: number } | undefined {
  const [name, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  return name && line && column ? originalPosition(name, { line, column }) : undefined;
}

function describe(frame: NodeJS.CallSite): string {
  const place = originalOf(frame);
  if (!place) return String(frame);
  const where = `${frame.getFileName()}:${place.line}:${place.column}`;
  const name = frame.getFunctionName();
  return name ? `${frame.isAsync() ? 'async ' : ''}${name.replace(/^(Object|exports)\./, '')} (${where})` : where;
}
