import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Polls `condition` until it is truthy and returns its value; throws at the timeout. */
export async function waitFor<T>(
  description: string,
  condition: () => T | Promise<T>,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await within(description, timeoutMs, Promise.resolve(condition()));
    if (value) {
      return value;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${description}`);
    }
    await sleep(POLL_MS);
  }
}

/** The value of `promise`, or an Error when it takes longer than the timeout. */
export async function within<T>(
  description: string,
  timeoutMs: number,
  promise: Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timeout.signal }).then(() => {
    throw new Error(`waited ${timeoutMs} ms in vain for ${description}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timeout.abort();
  }
}
