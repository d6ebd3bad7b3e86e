import { once } from 'node:events';
import { lstatSync, renameSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Answering, answer, Refused } from './requests.ts';

const MAX_CONNECTIONS = 32;
const MAX_HEADER_BYTES = 8 * 1024;
/** A connection lives no longer, whatever its client does or leaves. */
const LIFETIME_MS = 10_000;
/** What the kernel takes, without the zero at its end. */
const MAX_PATH_BYTES = 107;

/** Answers whoever may open the socket, which is root. A client that stalls, floods or babbles harms nothing. */
export class ControlServer {
  readonly #server: Server;
  readonly #path: string;
  readonly #inode: number;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
    this.#inode = lstatSync(path).ino;
  }

  /** Listens in place of a service that is gone; the path has to be claimed. @throws where it can't */
  static async open(
    path: string,
    service: Answering,
    onTrouble: (message: string) => void,
  ): Promise<ControlServer> {
    const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) =>
      respond(request, response, service, onTrouble),
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.maxRequestsPerSocket = 1;
    server.on('connection', (socket) => {
      const limit = setTimeout(() => socket.destroy(), LIFETIME_MS);
      socket.once('close', () => clearTimeout(limit));
    });
    await listen(server, path);
    server.on('error', ({ message }) => onTrouble(`Control socket ${path}: ${message}`));
    return new ControlServer(server, path);
  }

  /** Listens no more. The socket goes where it is still this one. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    try {
      if (lstatSync(this.#path).ino === this.#inode) {
        rmSync(this.#path);
      }
    } catch {
      // Somebody removed it already.
    }
  }
}

/**
 * Made under another name and renamed: so one that a killed service left is replaced in one step, and the
 * path never leads to one that nobody listens on, or that others may open.
 */
async function listen(server: Server, path: string): Promise<void> {
  const unfinished = `${path}.new`;
  const excess = Buffer.byteLength(unfinished) - MAX_PATH_BYTES;
  if (excess > 0) {
    throw new Error(`its path is ${excess} bytes too long`);
  }
  refuseOther(path);
  rmSync(unfinished, { force: true });
  const mask = process.umask(0o177);
  try {
    server.listen(unfinished); // binds before it returns
  } finally {
    process.umask(mask);
  }
  await once(server, 'listening');
  renameSync(unfinished, path);
}

/** Only a socket is replaced: a mistyped path must not cost anybody a file. */
function refuseOther(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isSocket()) {
    throw new Error('something that is no socket is in its place');
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  service: Answering,
  onTrouble: (message: string) => void,
): Promise<void> {
  const { status, content } = await answer(request, service).then(
    (granted) => ({ status: 200, content: granted }),
    (error: Error) => {
      if (error instanceof Refused) {
        return { status: error.status, content: { error: error.message } };
      }
      if (!request.destroyed) {
        onTrouble(`Request to the control socket failed: ${error.message}`);
      }
      return { status: 500, content: { error: 'the service failed to answer; its log says why' } };
    },
  );
  response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify(content));
}
