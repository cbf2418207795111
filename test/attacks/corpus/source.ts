import { type Answers, solutions } from '../lab.ts';

/** Right answers but for `add`, whose body this is; `before` runs when its cell does. */
export const add = (body: string, before = ''): Answers => ({
  ...solutions,
  add: `${before}\nfunction add(a: number, b: number): any {\n${body}\n}`,
});

/** Right answers but for the cell of `add`, which is this. */
export const cell = (source: string): Answers => ({ ...solutions, add: source });

/** Writes frames on the channel that the runner has. */
export const frame = (json: string): string => `
{
  const body = Buffer.from(${json});
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  require('node:fs').writeSync(3, Buffer.concat([head, body]));
}`;
