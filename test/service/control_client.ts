import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { run } from '../support/binary.ts';
import type { Service } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import type { Stage } from './stage.ts';

/** Never by itself in the time of a test. */
export const SELDOM = { check_interval: 3600 };

/** Waits until the service answers on its control socket. */
export async function listens(stage: Stage): Promise<void> {
  await waitFor('the service to answer', async () => (await answer(stage))?.status === 200);
}

/** Starts the service, and waits until it has checked and answers. */
export async function startListening(stage: Stage): Promise<Service> {
  const service = await stage.start();
  await listens(stage);
  await waitFor('the first check', async () => {
    const checks = (await answer(stage))?.body.checks;
    return checks?.last_at !== null && checks?.running === false;
  });
  return service;
}

export interface Answer {
  status: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the service says
  body: any;
}

/** A request as any client may send it; undefined where nobody listens. */
export async function answer(
  stage: Stage,
  path = '/status',
  { method = 'GET', body = '' } = {},
): Promise<Answer | undefined> {
  const headers = { 'content-length': Buffer.byteLength(body) };
  const sent = request({ socketPath: socketOf(stage), path, method, headers, agent: false });
  sent.end(body);
  try {
    const [response] = await once(sent, 'response');
    const chunks = await response.toArray();
    return { status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) };
  } catch (error) {
    if (['ENOENT', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
}

/** A connection without any manners. */
export async function rawConnection(t: TestContext, stage: Stage): Promise<Socket> {
  const socket = connect(socketOf(stage)).on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

export function socketOf(stage: Stage): string {
  return stage.space.path('control.sock');
}

/** A command about the stage's service, to its end. */
export function command(stage: Stage, ...args: string[]) {
  return run([...args, '-c', stage.space.path('config.ini')]);
}
