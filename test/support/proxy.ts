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

export type Side = 'client' | 'server';

/** What a meddler may do to the connection that it sits on. */
export interface Link {
  /** Passes bytes on to a side, be they what the other one sent or not; lost where it is gone. */
  pass(bytes: Buffer, to: Side): void;
  /** Ends the connection for both, once what was passed on has left. */
  cut(): void;
}

/** Takes what one side sent; what the other one gets of it, and when, is up to the meddler. */
export type Meddler = (bytes: Buffer, sender: Side, link: Link) => void;

/** A TCP proxy of 127.0.0.1 that plays a network with faults. */
export class FaultyProxy {
  readonly port: number;
  /** Connections accepted so far. */
  connections = 0;
  readonly #target: NetConnectOpts;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #held = false;
  #meddling: (() => Meddler) | undefined;
  /** Changes with what meddles, so that a connection notices. */
  #era = 0;

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

  /** Each connection, also those there are, gets a meddler of its own; undefined: every byte passes again. */
  meddle(make: (() => Meddler) | undefined): void {
    this.#meddling = make;
    this.#era++;
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
    const sides = { client, server: upstream };
    const link: Link = {
      pass: (bytes, to) => void (sides[to].writable && sides[to].write(bytes)),
      cut: () => {
        client.end();
        upstream.end();
      },
    };
    let era = -1;
    let meddler: Meddler | undefined;
    const take = (bytes: Buffer, sender: Side) => {
      if (era !== this.#era) {
        era = this.#era;
        meddler = this.#meddling?.();
      }
      meddler ? meddler(bytes, sender, link) : link.pass(bytes, otherSide(sender));
    };
    this.#forward(client, upstream, (bytes) => take(bytes, 'client'));
    this.#forward(upstream, client, (bytes) => take(bytes, 'server'));
  }

  /** Not pipe(), which would resume by itself what hold() has paused. */
  #forward(from: Socket, to: Socket, take: (bytes: Buffer) => void): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on('data', take);
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

/** Meddles with nothing. */
export const passing: Meddler = (bytes, sender, link) => link.pass(bytes, otherSide(sender));

export function otherSide(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}
