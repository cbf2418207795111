const echoMs = 1000;

/**
 * An AbortSignal that SIGINT, SIGTERM and SIGHUP fire. A second one ends this process at once, unless it comes so soon that it is the same
 * key press: the terminal sends Ctrl-C to everyone, and npm passes it on once more.
 */
export function stopSignal() {
  const controller = new AbortController();
  let first = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      if (controller.signal.aborted && Date.now() - first > echoMs) process.exit(130);
      first ||= Date.now();
      controller.abort();
    });
  }
  return controller.signal;
}
