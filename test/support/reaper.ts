/**
 * What a test started must not outlive it, however the test ends: a failed assertion, a timeout of
 * the runner (SIGTERM) or Ctrl-C. Nothing asynchronous can run any more by then, so every owner
 * leaves one synchronous function here.
 */
const owned = new Set<() => void>();

/** Has `release` called when this process exits; returns what to call when it is no longer needed. */
export function own(release: () => void): () => void {
  if (owned.size === 0) {
    exitOnSignals();
  }
  owned.add(release);
  return () => owned.delete(release);
}

process.once('exit', () => {
  for (const release of owned) {
    try {
      release();
    } catch (error) {
      process.stderr.write(`left behind: ${error}\n`);
    }
  }
});

/** A signal that nobody handles ends Node without its 'exit' event. */
function exitOnSignals(): void {
  for (const [name, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    if (process.listenerCount(name) === 0) {
      process.once(name, () => process.exit(128 + number));
    }
  }
}
