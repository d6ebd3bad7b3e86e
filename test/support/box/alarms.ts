/** Alarms on a host whose service runs, and what the service says of them. */
import { after, before } from 'node:test';
import { bootHost, type Host, type HostConfig } from './host.ts';

const TIMEOUT_MS = 60_000;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - /;

/** A host for all tests of a suite. It is there, its service running, once the first of them begins. */
export function suiteHost(config: HostConfig, prepare?: (host: Host) => Promise<void>): () => Host {
  let host: Host | undefined;
  before(async () => {
    host = await bootHost();
    await host.setUp(config);
    await prepare?.(host);
    await host.start();
  });
  after(() => host?.stop());
  return () => {
    if (host === undefined) {
      throw new Error('no host was booted');
    }
    return host;
  };
}

/** Puts a process in alarm, adding it where it is new; returns from where on the log may tell of it. */
export async function alarm(host: Host, name: string): Promise<number> {
  const known = await host.sql('SELECT 1 FROM PROCESE WHERE process_name = ?', [name]);
  if (known.length === 0) {
    await host.addProcess(name);
  }
  const offset = host.log().length;
  await host.raise(name);
  return offset;
}

/** Takes the alarm of a process back. */
export async function calm(host: Host, name: string): Promise<void> {
  await host.sql(
    'UPDATE STATUS_PROCESS JOIN PROCESE USING (process_id) SET alarma = 0 WHERE process_name = ?',
    [name],
  );
}

/** Puts a process in alarm and waits until it is healed; what the log says of it meanwhile. */
export async function heal(host: Host, name: string): Promise<string[]> {
  const offset = await alarm(host, name);
  const end = await host.waitForLog(`Alarm cleared for ${name} `, {
    after: offset,
    timeoutMs: TIMEOUT_MS,
  });
  return said(host, name, offset, end);
}

/** Puts a process in alarm until its restart has failed once; what the log says of it until those words. */
export async function failToHeal(
  host: Host,
  name: string,
  words: RegExp | string = `All restart attempts failed for ${name}\n`,
): Promise<string[]> {
  const offset = await alarm(host, name);
  const end = await host.waitForLog(words, { after: offset, timeoutMs: TIMEOUT_MS });
  await calm(host, name);
  return said(host, name, offset, end);
}

/** The lines of the log between two offsets that are about a process, without their times. */
export function said(
  host: Host,
  name: string,
  from: number,
  to = Number.POSITIVE_INFINITY,
): string[] {
  const about = new RegExp(`(?<![\\w.-])${name.replace(/[.+]/g, '\\$&')}(?![\\w-])`);
  const lines = host.log().slice(from).split('\n');
  const wanted = host.log().slice(from, to).split('\n').length;
  return lines
    .slice(0, wanted)
    .filter((line) => about.test(line))
    .map((line) => line.replace(TIME, ''));
}
