import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { freePort } from './ports.ts';

/** Starts a proxy in front of a TCP port or a Unix socket. */
export async function startProxy(
  target: { host: string; port: number } | { path: string },
): Promise<FaultyProxy> {
  const proxy = new FaultyProxy(target, await freePort());
  await proxy.accept();
  return proxy;
}

/** A TCP proxy of 127.0.0.1 that plays a network with faults. */
export class FaultyProxy {
  readonly port: number;
  /** Connections accepted so far. */
  connections = 0;
  readonly #target: NetConnectOpts;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #held = false;

  constructor(target: NetConnectOpts, port: number) {
    this.#target = target;
    this.port = port;
    this.#server = createServer((client) => this.#join(client, connect(this.#target)));
  }

  /** Listens, again on the same port after refuse(). */
  async accept(): Promise<void> {
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Stops listening and cuts every connection. */
  async refuse(): Promise<void> {
    if (this.#server.listening) {
      const closed = once(this.#server, 'close');
      this.#server.close();
      this.cut();
      await closed;
    }
  }

  /** Connections stay and new ones are accepted, but no byte passes. */
  hold(): void {
    this.#held = true;
    for (const socket of this.#sockets) {
      socket.pause();
    }
  }

  /** Lets pass what was held, and all that follows. */
  release(): void {
    this.#held = false;
    for (const socket of this.#sockets) {
      socket.resume();
    }
  }

  /** Destroys every current connection. */
  cut(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  close(): Promise<void> {
    return this.refuse();
  }

  #join(client: Socket, upstream: Socket): void {
    this.connections++;
    this.#forward(client, upstream);
    this.#forward(upstream, client);
  }

  /** Not pipe(), which would resume by itself what hold() has paused. */
  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.end();
    });
    if (this.#held) {
      from.pause();
    }
  }
}
