import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { callMessage, type Message, readMessage, type Value } from './dbus_message.ts';

/** Where PID 1 itself answers root, with no bus between; systemctl asks there too. */
const SOCKET = '/run/systemd/private';
const UNITS = '/org/freedesktop/systemd1/unit/';
const SERIAL = 1;
const ERROR = 3;
/** The properties of a service take some 20 KB. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * All properties of a unit, asked of systemd over its socket: systemctl would take several times as long to
 * be started. Undefined where that can't be done, by a user other than root for example.
 */
export async function unitProperties(
  unit: string,
  limitMs: number,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Value> | undefined> {
  const socket = createConnection(SOCKET);
  const race = new AbortController();
  const stop = () => race.abort();
  signal?.addEventListener('abort', stop);
  try {
    const late = sleep(limitMs, undefined, { signal: race.signal }).catch(() => undefined);
    const reply = await Promise.race([ask(socket, unit), late]);
    return reply === undefined || reply.type === ERROR
      ? undefined
      : new Map(reply.body[0] as [string, Value][]);
  } catch {
    return undefined;
  } finally {
    socket.destroy();
    race.abort();
    signal?.removeEventListener('abort', stop);
  }
}

/** @throws where the socket does, or what it says makes no sense */
async function ask(socket: Socket, unit: string): Promise<Message | undefined> {
  const user = Buffer.from(String(process.getuid?.())).toString('hex');
  // A message that comes together with BEGIN would not be seen before the next one.
  socket.write(`\0AUTH EXTERNAL ${user}\r\nBEGIN\r\n`);
  let received = Buffer.alloc(0);
  let isAccepted = false;
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    if (received.length > MAX_BYTES) {
      return undefined;
    }
    if (!isAccepted) {
      const end = received.indexOf('\r\n');
      if (end < 0) {
        continue;
      }
      if (!received.toString('latin1', 0, end).startsWith('OK ')) {
        return undefined;
      }
      isAccepted = true;
      received = received.subarray(end + 2);
      const face = 'org.freedesktop.DBus.Properties';
      const path = `${UNITS}${labelOf(unit)}`;
      socket.write(callMessage(SERIAL, path, face, 'GetAll', ['']));
    }
    for (let message = readMessage(received); message; message = readMessage(received)) {
      if (message.replySerial === SERIAL) {
        return message;
      }
      received = received.subarray(message.size);
    }
  }
  return undefined;
}

/** A unit's name as part of an object path: all but letters and digits, and a digit in front, in hexadecimal. */
function labelOf(unit: string): string {
  return [...Buffer.from(unit)]
    .map((byte, index) => {
      const char = String.fromCharCode(byte);
      const isPlain = /[A-Za-z]/.test(char) || (index > 0 && /\d/.test(char));
      return isPlain ? char : `_${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
