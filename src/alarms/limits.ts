import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import { NoAnswer } from './mysql_errors.ts';

/** What ends a wait for the server before its answer. */
export interface Limits {
  /** The server's address, for the messages. */
  readonly where: string;
  readonly limitMs: number;
  /** What is said past it. */
  readonly late: string;
  /** How much the server may send meanwhile. */
  readonly maxBytes: number;
  readonly stopping?: AbortSignal | undefined;
}

const MEGABYTE = 1024 * 1024;
/** How often it is asked how much the server sent. */
const LOOK_MS = 20;

/** The socket under a connection. */
export function socketOf(connection: Connection): Socket {
  return (connection as unknown as { stream: Socket }).stream;
}

/** Waits for what answers through a callback. Past a limit, or once it is stopped: NoAnswer. */
export function withLimits<T>(
  connection: Connection,
  { where, limitMs, late, maxBytes, stopping }: Limits,
  begin: (done: (error: Error | null | undefined, value: T) => void) => void,
): Promise<T> {
  const readBefore = socketOf(connection).bytesRead;
  return new Promise((resolve, reject) => {
    const finish = (error: Error | null | undefined, value?: T) => {
      clearTimeout(deadline);
      clearInterval(watch);
      stopping?.removeEventListener('abort', stop);
      error ? reject(error) : resolve(value as T);
    };
    const stop = () => finish(new NoAnswer('interrupted'));
    const deadline = setTimeout(() => finish(new NoAnswer(`${where}: ${late}`)), limitMs);
    const watch = setInterval(() => {
      // The client holds all of an answer in memory, however long a broken or hostile server makes it.
      if (socketOf(connection).bytesRead - readBefore > maxBytes) {
        finish(new NoAnswer(`${where}: the server sent more than ${maxBytes / MEGABYTE} MB`));
      }
    }, LOOK_MS);
    stopping?.addEventListener('abort', stop);
    if (stopping?.aborted) {
      stop();
    } else {
      begin(finish);
    }
  });
}
