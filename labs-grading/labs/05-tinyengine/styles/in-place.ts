import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about layers in place as other people write them.

export const inPlaceStyles: readonly OtherStyle[] = spelled(
  'in-place',
  `const inPlaceMoves = (channels: number): Move[] =>
  [...Array(channels).keys()].flatMap(channel => [
    { op: 'filter' as const, channel, from: channel, to: channels },
    { op: 'copy' as const, channel, from: channels, to: channel },
  ]);
const peakBytes = (p: Picture, inPlace: boolean): number => {
  const plane = p.height * p.width;
  return inPlace ? plane * p.channels + plane : plane * p.channels * 2;
};
let notInPlace = 'C';`,
  `// from the last channel down: each output goes one slot up, then all come down again
function inPlaceMoves(channels: number): Move[] {
  const up: Move[] = [];
  const down: Move[] = [];
  for (let c = channels - 1; c >= 0; c--) up.push({ op: 'filter', channel: c, from: c, to: c + 1 });
  for (let c = 0; c < channels; c++) down.push({ op: 'copy', channel: c, from: c + 1, to: c });
  return [...up, ...down];
}
function peakBytes({ height, width, channels }: Picture, inPlace: boolean): number {
  if (inPlace) return (channels + 1) * height * width;
  return 2 * channels * height * width;
}
const notInPlace = 'c';`,
  `function inPlaceMoves(channels: number): Move[] {
  const moves: Move[] = [];
  for (let c = channels - 1; c >= 0; c -= 1) {
    const free = channels;
    moves.push({ op: 'filter', channel: c, from: c, to: free }, { op: 'copy', channel: c, from: free, to: c });
  }
  return moves;
}
function peakBytes(picture: Picture, inPlace: boolean): number {
  const slots = inPlace ? 1 : picture.channels;
  return (picture.channels + slots) * (picture.height * picture.width);
}
const notInPlace = 'c';`,
  `// the inputs wander up one slot first, so that every filter writes where its output belongs
const inPlaceMoves = (channels: number): Move[] => {
  const moves: Move[] = [];
  let c = channels;
  while (c-- > 0) moves.push({ op: 'copy', channel: c, from: c, to: c + 1 });
  while (++c < channels) moves.push({ op: 'filter', channel: c, from: c + 1, to: c });
  return moves;
};
const peakBytes = ({ height: h, width: w, channels: c }: Picture, inPlace: boolean) => h * w * c + h * w * (inPlace ? 1 : c);
const notInPlace = 'c';`,
);
