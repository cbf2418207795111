import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A peer that measures in a process of its own: a line with a name goes in, the milliseconds of one run come out. */
export interface PeerProcess {
  measure(name: string): Promise<number>;
  close(): void;
}

/** Starts a peer's program (see serve.py) and waits until it is ready. */
export async function startPeer(command: string, args: readonly string[]): Promise<PeerProcess> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${args[0]} ended before it answered.`);
    return value;
  };
  await next();
  return {
    async measure(name) {
      child.stdin.write(`${name}\n`);
      const line = await next();
      const milliseconds = Number(line);
      if (Number.isNaN(milliseconds)) throw new Error(`${name}: ${JSON.parse(line).error}`);
      return milliseconds;
    },
    close: () => child.kill(),
  };
}
