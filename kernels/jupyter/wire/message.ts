import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

export interface Message {
  /** Where a reply goes: the routing frames of the socket it came from. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly parent: Header | Record<string, never>;
  /** What a client says beside the content: JupyterLab the id of the cell (`cellId`) and of those that were deleted (`deletedCells`). */
  readonly metadata: Record<string, unknown>;
  readonly content: Record<string, unknown>;
}

export const protocolVersion = '5.4';

const delimiter = Buffer.from('<IDS|MSG>');
const session = randomUUID();

/** Reads a message of the wire protocol. Throws when the frames are not one, or when the signature is wrong. */
export function decode(key: string, frames: readonly Buffer[]): Message {
  const at = frames.findIndex(frame => frame.equals(delimiter));
  const [signature, ...parts] = frames.slice(at + 1);
  if (at < 0 || !signature || parts.length < 4)
    throw new Error(`A message of the wire protocol has a delimiter and 5 frames after it; got ${frames.length} frames.`);
  if (key && !sameBytes(signature, Buffer.from(sign(key, parts)))) throw new Error('A message came with a wrong signature.');
  const [header, parent, metadata, content] = parts.map(part => JSON.parse(part.toString()));
  return { identities: frames.slice(0, at), header, parent, metadata: metadata ?? {}, content };
}

/** What is sent in a message beside its type. */
export interface Sent {
  readonly content: unknown;
  readonly parent?: Header | undefined;
  readonly metadata?: object;
  readonly identities?: readonly (Buffer | string)[];
}

/** Frames of a message. `identities` are a socket's routing frames, or the topic on iopub. */
export function encode(key: string, type: string, { content, parent, metadata = {}, identities = [] }: Sent): (Buffer | string)[] {
  const header: Header = {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: 'kernel',
    date: new Date().toISOString(),
    version: protocolVersion,
  };
  const parts = [header, parent ?? {}, metadata, content].map(wellFormed);
  return [...identities, delimiter, sign(key, parts), ...parts];
}

/** `JSON.stringify` writes half a surrogate pair as an escape, which no notebook can be saved with: U+FFFD stands for it, as in every decoder. */
function wellFormed(part: unknown): string {
  return JSON.stringify(part).replace(/\\(?:u[dD][89a-fA-F][\da-fA-F]{2}|.)/g, found => (/^\\ud/i.test(found) ? '\ufffd' : found));
}

function sign(key: string, parts: readonly (Buffer | string)[]): string {
  if (!key) return '';
  const hash = createHmac('sha256', key);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

const sameBytes = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
