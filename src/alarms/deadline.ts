import { NoAnswer } from './mysql_errors.ts';

/** Runs what answers through a callback; past the deadline, or once it is stopped, an error instead. */
export function withDeadline<T>(
  limitMs: number,
  begin: (done: (error: Error | null | undefined, value: T) => void) => void,
  late: () => Error,
  stopping?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => finish(new NoAnswer('interrupted'));
    const timer = setTimeout(() => finish(late()), limitMs);
    const finish = (error: Error | null | undefined, value?: T) => {
      clearTimeout(timer);
      stopping?.removeEventListener('abort', stop);
      error ? reject(error) : resolve(value as T);
    };
    stopping?.addEventListener('abort', stop);
    if (stopping?.aborted) {
      stop();
    } else {
      begin(finish);
    }
  });
}
