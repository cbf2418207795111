import type { WatchEvent } from '../../release/watch.ts';

/** Says what came of a save of lab.ts, with the time. */
export function tellSave(event: WatchEvent): void {
  const time = new Date().toTimeString().slice(0, 8);
  process.stdout.write(`${time}  ${event.kind === 'refused' ? event.error.message : `notebook ${event.kind}`}\n`);
}
