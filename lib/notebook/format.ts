const prefixes = ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P'] as const;

/** A number in `digits` significant digits with an SI prefix: 1234567 → "1.23M", 0.00042 → "420µ"; whole numbers below 1000 stay whole. */
export function si(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(digits));
  const power = Math.floor(Math.log10(Math.abs(rounded)) / 3 + 1e-12);
  // Shares and losses read better as 0.25 than as 250m.
  const step = power === -1 && Math.abs(rounded) >= 0.001 ? 0 : Math.min(Math.max(power, -5), 5);
  return `${Number((rounded / 10 ** (3 * step)).toPrecision(digits))}${prefixes[step + 5]}`;
}

/** A share as a percentage with `digits` decimals: 0.8761 → "87.6 %". */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** A duration for people: 850 → "0.9 s", 75000 → "1 min 15 s". */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
