/** What goes wrong on the way between the service and its database. */
import type { FaultyProxy, Meddler, Side } from '../../support/proxy.ts';
import { pick, type Random } from '../../support/random.ts';
import type { Bed } from './bed.ts';
import { ANY_TIME, type Fault, type FaultKind } from './fault.ts';
import {
  cuttingAfter,
  flooding,
  garbling,
  hugeHeader,
  leavingOut,
  noise,
  slippingIn,
  slowing,
  swallowing,
} from './meddlers.ts';

/** Somewhat more than a whole check takes, so that some faults hit the one after. */
const MOST_BYTES: Record<Side, number> = { server: 1500, client: 1500 };
const LONGEST_PAUSE_MS = 1500;
/** More than the service takes in an answer. */
const FLOOD_MEGABYTES = 70;

/** A new connection ends behind so many bytes of a side, while there is something to heal. */
export function cutAt(count: number, side: Side): Fault {
  return { ...cut(count, side), moments: ['before'] };
}

export const WIRE_FAULTS: readonly FaultKind[] = [
  kind('connections refused', (random) =>
    onProxy('refused', random, async (proxy) => {
      await proxy.refuse();
      return () => proxy.accept();
    }),
  ),
  kind('accepted, and not a word; all of it arrives later', (random) =>
    onProxy('held', random, async (proxy) => {
      proxy.hold();
      return () => proxy.release();
    }),
  ),
  kind('accepted, and every byte lost', (random) =>
    meddling('swallowed', random(2) === 0, swallowing),
  ),
  kind('cut in the middle', (random) => {
    const side = pick(random, ['client', 'server'] as const);
    return cut(random(MOST_BYTES[side]), side);
  }),
  kind('delayed', (random) => {
    const longest = 1 + random(LONGEST_PAUSE_MS);
    const make = () => slowing(Number.POSITIVE_INFINITY, (next) => next(longest), random);
    return meddling(`delayed by up to ${longest} ms`, random(2) === 0, make);
  }),
  kind('a byte at a time', (random) => {
    const pause = random(4);
    return meddling(`a byte each ${pause} ms`, true, () => slowing(1, () => pause, random));
  }),
  kind('random bytes in place of packets', (random) => {
    const count = random(MOST_BYTES.server);
    return meddling(`garbled from byte ${count} on`, isFresh(random), () =>
      garbling(count, random),
    );
  }),
  kind('random bytes between packets', (random) => {
    const [count, length] = [random(MOST_BYTES.server), 1 + random(200)];
    return meddling(`${length} random bytes at ${count}`, isFresh(random), () =>
      slippingIn(count, noise(length, random), random(2) === 0),
    );
  }),
  kind('a packet cut short', (random) => {
    const [count, missing] = [random(MOST_BYTES.server), 1 + random(100)];
    return meddling(`${missing} bytes missing at ${count}`, isFresh(random), () =>
      leavingOut(count, missing),
    );
  }),
  kind('a packet that announces 16 MB', (random) => {
    const [count, sequence] = [random(MOST_BYTES.server), random(8)];
    return meddling(`a header of 16 MB at ${count}`, isFresh(random), () =>
      slippingIn(count, hugeHeader(sequence), random(2) === 0),
    );
  }),
  kind(`an answer of ${FLOOD_MEGABYTES} MB`, (random) => {
    const count = random(MOST_BYTES.server);
    return meddling(`a flood at ${count}`, isFresh(random), () => flooding(count, FLOOD_MEGABYTES));
  }),
];

function cut(count: number, side: Side): Fault {
  return meddling(`cut after ${count} bytes of the ${side}`, true, () => cuttingAfter(count, side));
}

function kind(what: string, make: (random: Random) => Fault): FaultKind {
  return { what, make };
}

/** Whether the open connection is closed first, so that the next one begins with its handshake. */
function isFresh(random: Random): boolean {
  return random(3) > 0;
}

/** What was lost or falsified of a connection can't be mended: it ends with the fault. */
function meddling(detail: string, fresh: boolean, make: () => Meddler): Fault {
  return withProxy(detail, fresh, async (proxy) => {
    proxy.meddle(make);
    return () => {
      proxy.meddle(undefined);
      proxy.cut();
    };
  });
}

function onProxy(
  detail: string,
  random: Random,
  begin: (proxy: FaultyProxy) => Promise<() => unknown>,
): Fault {
  return withProxy(detail, random(2) === 0, begin);
}

function withProxy(
  detail: string,
  fresh: boolean,
  begin: (proxy: FaultyProxy) => Promise<() => unknown>,
): Fault {
  return {
    detail: `${detail}, ${fresh ? 'on a new connection' : 'on the open connection'}`,
    moments: ANY_TIME,
    async begin({ proxy }: Bed) {
      if (fresh) {
        proxy.cut();
      }
      return await begin(proxy);
    },
  };
}
