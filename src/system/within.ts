import { setTimeout as sleep } from 'node:timers/promises';

/** The promise's value, or undefined where it takes longer. */
export async function within<T>(
  promise: Promise<T>,
  limitMs: number,
): Promise<{ value: T } | undefined> {
  const patience = new AbortController();
  const late = sleep(limitMs, undefined, { signal: patience.signal });
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    patience.abort();
    late.catch(() => {});
  }
}
