import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Caches read off times, as other people do it.

export const hierarchyStyles: readonly OtherStyle[] = spelled(
  'hierarchy',
  `const farWhy = 'C';
const lineBytes = (walks: TimedWalk[]): number => {
  const most = Math.max(...walks.map(w => w.ns));
  let line = 0;
  for (let i = walks.length - 1; i >= 0; i--) if (walks[i]!.ns > most * 0.85) line = walks[i]!.bytes;
  return line;
};
const nearBytes = (walks: TimedWalk[]): number => {
  for (let i = 1; i < walks.length; i++) if (walks[i]!.ns / walks[i - 1]!.ns > 2) return walks[i - 1]!.bytes;
  return walks[walks.length - 1]!.bytes;
};`,
  `const farWhy = 'c';
function lineBytes(walks: TimedWalk[]): number {
  for (let i = 0; i + 1 < walks.length; i++) if (walks[i + 1]!.ns / walks[i]!.ns < 1.1) return walks[i]!.bytes;
  return walks.at(-1)!.bytes;
}
function nearBytes(walks: TimedWalk[]): number {
  return walks.filter(({ ns }) => ns < 1.5 * walks[0]!.ns).pop()!.bytes;
}`,
  `const farWhy = "c";
const lineBytes = (walks: TimedWalk[]) => {
  const times = walks.map(({ ns }) => ns).sort((a, b) => a - b);
  const top = times[times.length - 1]!;
  return Math.min(...walks.filter(({ ns }) => ns / top > 0.9).map(({ bytes }) => bytes));
};
const nearBytes = (walks: TimedWalk[]) => {
  const least = Math.min(...walks.map(({ ns }) => ns));
  return Math.max(...walks.filter(({ ns }) => Math.abs(ns - least) < least).map(({ bytes }) => bytes));
};`,
  `const farWhy = 'c';
function lineBytes(walks: TimedWalk[]) {
  let i = 0;
  while (walks[i]!.ns * 1.2 < walks[walks.length - 1]!.ns) i++;
  return walks[i]!.bytes;
}
function nearBytes(walks: TimedWalk[]) {
  let [i, reached] = [0, false];
  while (!reached) reached = walks[++i]!.ns > walks[0]!.ns * 2.5;
  return walks[i]!.bytes / 2;
}`,
);
