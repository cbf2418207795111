/**
 * The gradient of a scalar function by central differences, (f(x + h) - f(x - h)) / 2h for each element. Give it a function that computes in
 * double precision; h = 1e-4 then leaves about eight digits.
 */
export function centralDifferences(f: (x: Float64Array) => number, x: ArrayLike<number>, h = 1e-4): Float64Array {
  const at = Float64Array.from(x);
  return at.map((value, i) => {
    at[i] = value + h;
    const above = f(at);
    at[i] = value - h;
    const below = f(at);
    at[i] = value;
    return (above - below) / (2 * h);
  });
}
