/**
 * Why a number cannot be the right one, whatever that is: it is NaN or infinite, or below 0 where a number above 0 is asked. Undefined where it
 * could be. It says nothing of how far away the right one is.
 */
export function impossible(got: number, expected: number): string | undefined {
  if (Number.isNaN(got)) return 'That is not a number (NaN): something is missing where it is read, or 0 is divided by 0.';
  if (!Number.isFinite(got)) return 'That is infinite: something is divided by 0.';
  return got < 0 && expected > 0 ? 'That is below 0, where a number above 0 is asked: look at the signs.' : undefined;
}
