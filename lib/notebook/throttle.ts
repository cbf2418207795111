/** A function that runs at most once per interval; the latest call is never lost, and `flush` runs it now. */
export interface Throttled {
  (): void;
  flush(): void;
}

/**
 * Wraps `action` so that it runs at once, then at most once per `interval` milliseconds. A call in between is made up for when the interval ends,
 * if the event loop turns until then; otherwise by the next call or by `flush`.
 */
export function throttled(action: () => void, interval = 100): Throttled {
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const run = (): void => {
    clearTimeout(timer);
    timer = undefined;
    last = performance.now();
    action();
  };
  const call = (): void => {
    const wait = last + interval - performance.now();
    if (wait <= 0) run();
    // unref: a picture that is still to be drawn must not keep a program alive.
    else timer ??= setTimeout(run, wait).unref();
  };
  const flush = (): void => {
    if (timer) run();
  };
  return Object.assign(call, { flush });
}
