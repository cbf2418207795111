/** What a number that was typed is, where it is none that anyone could mean: NaN or infinite. It says nothing of the right one. */
export function noNumber(got: number): string | undefined {
  if (Number.isNaN(got)) return 'That is not a number (NaN): something is missing where it is read, or 0 is divided by 0.';
  return Number.isFinite(got) ? undefined : 'That is infinite: something is divided by 0.';
}
