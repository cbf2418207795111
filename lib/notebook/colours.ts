/**
 * Series colours, after Okabe and Ito's colour-blind safe set, shifted so that each keeps a contrast of 3:1 on white and on the background
 * of a dark theme.
 */
export const palette: readonly string[] = ['#1f82c4', '#d55e00', '#009e73', '#c2679c', '#b07d00', '#7a7a7a'];

/** The colour of the series with this index; colours repeat after the last. */
export const seriesColour = (index: number): string => palette[index % palette.length] as string;

type Stop = readonly [red: number, green: number, blue: number];

/** Viridis (van der Walt and Smith 2015) at eleven even steps. */
const viridis: readonly Stop[] = [
  [68, 1, 84],
  [72, 36, 117],
  [65, 68, 135],
  [53, 95, 141],
  [42, 120, 142],
  [33, 145, 140],
  [34, 168, 132],
  [66, 190, 113],
  [122, 209, 81],
  [189, 223, 38],
  [253, 231, 37],
];

const diverging: readonly Stop[] = [
  [5, 48, 97],
  [67, 147, 195],
  [220, 220, 220],
  [214, 96, 77],
  [103, 0, 31],
];

/** The diverging scale in Plotly's words. */
export const divergingScale: readonly (readonly [share: number, colour: string])[] = diverging.map((stop, i) => [
  i / (diverging.length - 1),
  `rgb(${stop.join(',')})`,
]);

/** A scale that jumps from one colour to the next, for values that are one of a few, in Plotly's words. */
export const steppedScale = (colours: readonly string[]): readonly (readonly [share: number, colour: string])[] =>
  colours.flatMap((colour, i) => [[i / colours.length, colour] as const, [(i + 1) / colours.length, colour] as const]);

/** The colour at `share` (0–1) of a stepped scale. */
export function stepColour(steps: ReturnType<typeof steppedScale>, share: number): string {
  const step = Math.min(Math.floor((share * steps.length) / 2), steps.length / 2 - 1);
  return steps[2 * Math.max(0, step)]?.[1] as string;
}

/** The colour at `share` (0–1) of a scale, as #rrggbb. */
export function scaleColour(name: 'viridis' | 'diverging', share: number): string {
  const stops = name === 'viridis' ? viridis : diverging;
  const position = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const index = Math.min(Math.floor(position), stops.length - 2);
  const [from, to] = [stops[index] as Stop, stops[index + 1] as Stop];
  const channels = from.map((v, i) => Math.round(v + (position - index) * ((to[i] as number) - v)));
  return `#${channels.map(v => v.toString(16).padStart(2, '0')).join('')}`;
}

/** Black or white, whichever reads better on a background #rrggbb. */
export function inkOn(background: string): '#000000' | '#ffffff' {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(i => Number.parseInt(background.slice(i, i + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? '#000000' : '#ffffff';
}
