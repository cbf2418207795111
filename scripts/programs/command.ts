import { parseArgs } from 'node:util';
import { LabError } from 'tinylab';

/** What a command is called with. */
export interface Call {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly out?: string;
  readonly real: boolean;
  readonly device?: string;
  readonly force: boolean;
  readonly weightBits?: string;
}

/** Text of a file for a terminal: without what would move its cursor. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '?');

/** Runs a command: help, errors as one message with what to do, exit code 1 after one. */
export function command(help: string, most: number, run: (call: Call) => void): void {
  // a reader that has seen enough, such as `head`, closes the pipe: that is no error
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        real: { type: 'boolean' },
        out: { type: 'string' },
        device: { type: 'string' },
        force: { type: 'boolean' },
        'weight-bits': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(help);
      return;
    }
    if (positionals.length === 0 || positionals.length > most)
      throw new Error(`${help.split('\n')[0]}\n\nGot ${positionals.length} files; --help says more.`);
    const { json = false, real = false, force = false, out, device, 'weight-bits': weightBits } = values;
    const told = Object.keys(values).find(name => !help.includes(`--${name}`));
    if (told) throw new Error(`${help.split('\n')[0]}\n\nIt has no option --${told}; --help says more.`);
    const texts = {
      ...(out !== undefined && { out }),
      ...(device !== undefined && { device }),
      ...(weightBits !== undefined && { weightBits }),
    };
    run({ files: positionals, json, real, force, ...texts });
  } catch (error) {
    const text = error instanceof LabError ? `${error.message}\n\n  ${error.hint}` : error instanceof Error ? error.message : String(error);
    console.error(text.split('\n').map(printable).join('\n'));
    process.exitCode = 1;
  }
}

/** A count of what is done on one line of a terminal; nothing elsewhere. */
export function counter(total: number): (done: number) => void {
  const { stderr } = process;
  return done => {
    if (stderr.isTTY) stderr.write(done < total ? `\r\x1b[K${done} of ${total} examples` : '\r\x1b[K');
  };
}

/** What is worked at, on one line of a terminal until the next comes; '' takes it away. Nothing elsewhere. */
export function note(text: string): void {
  const { stderr } = process;
  if (stderr.isTTY) stderr.write(`\r\x1b[K${printable(text)}`);
}
