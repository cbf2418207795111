import { readFileSync } from 'node:fs';

export type Channel = 'shell' | 'iopub' | 'stdin' | 'control' | 'hb';

/** Content of the connection file that a Jupyter client writes for its kernel. */
export interface Connection {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

export const readConnection = (path: string): Connection => JSON.parse(readFileSync(path, 'utf8'));

export function address(connection: Connection, channel: Channel): string {
  const { transport, ip } = connection;
  const port = connection[`${channel}_port`];
  return transport === 'ipc' ? `ipc://${ip}-${port}` : `tcp://${ip}:${port}`;
}
