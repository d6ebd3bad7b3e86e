import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneLine } from '../log/escape.ts';
import { readAll } from './read_all.ts';
import { Refused } from './requests.ts';

const PATIENCE_MS = 5000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Nobody listens there: the socket is missing, or was left behind by a service that was killed. */
const NOT_RUNNING = ['ENOENT', 'ECONNREFUSED', 'ENOTDIR'];

/** Too many ask at once, as when many units fail together: the next moment may do. */
const BUSY = ['ECONNRESET', 'EPIPE', 'EAGAIN'];
const PAUSE_MS = 50;

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

/** Tells the running service to check now. False: no service listens there. @throws when it can't be told */
export async function checkNow(socketPath: string): Promise<boolean> {
  const isAnswer = (content: unknown): content is object => content instanceof Object;
  return (await ask(socketPath, { method: 'POST', path: '/check-now' }, isAnswer)) !== undefined;
}

/**
 * Asks the running service. Undefined: no service listens there. What answers is not trusted to be one.
 * @throws with what an operator can act on
 */
export async function ask<T>(
  socketPath: string,
  question: Question,
  isAnswer: (content: unknown) => content is T,
): Promise<T | undefined> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const content = await askPatiently(() => send(socketPath, question, patience), patience);
    if (!isAnswer(content)) {
      throw new Error('what answers there says other things than this version of monitor_service');
    }
    return content;
  } catch (error) {
    if (NOT_RUNNING.includes(codeOf(error))) {
      return undefined;
    }
    throw new Error(oneLine(explain(error as Error, socketPath, patience.aborted)));
  }
}

/** Asking twice does no harm: every request may be made again. */
async function askPatiently(
  attempt: () => Promise<IncomingMessage>,
  patience: AbortSignal,
): Promise<unknown> {
  for (;;) {
    try {
      return await contentOf(await attempt());
    } catch (error) {
      if (!BUSY.includes(codeOf(error))) {
        throw error;
      }
    }
    await sleep(PAUSE_MS, undefined, { signal: patience });
  }
}

function send(
  socketPath: string,
  { method, path, body }: Question,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'monitor_service', connection: 'close' };
    request({ socketPath, method, path, headers, signal }, resolve)
      .once('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** @throws Refused, as the service did; SyntaxError */
async function contentOf(answer: IncomingMessage): Promise<unknown> {
  const text = await readAll(answer, MAX_ANSWER_BYTES);
  if (text === undefined) {
    throw new SyntaxError('too long');
  }
  const content: unknown = JSON.parse(text);
  if (answer.statusCode !== 200) {
    const { error } = Object(content) as { error?: unknown };
    throw typeof error === 'string'
      ? new Refused(error, answer.statusCode)
      : new SyntaxError('no reason');
  }
  return content;
}

function explain(error: Error, socketPath: string, isLate: boolean): string {
  const code = codeOf(error);
  if (error instanceof Refused) {
    return error.message;
  }
  if (isLate) {
    return `${socketPath}: the service does not answer within ${PATIENCE_MS / 1000} seconds; is it stopped, or the host overloaded?`;
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return `${socketPath}: permission denied: must be root`;
  }
  if (error instanceof SyntaxError || code.startsWith('HPE_')) {
    return `${socketPath}: what answers there is not monitor_service; see [monitor] control_socket`;
  }
  return `${socketPath}: ${error.message}`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
