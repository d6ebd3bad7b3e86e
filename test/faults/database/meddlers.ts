/** What a broken network, or a broken server, does to the bytes of one connection. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Link, type Meddler, otherSide, passing, type Side } from '../../support/proxy.ts';
import type { Random } from '../../support/random.ts';

const MEGABYTE = 1024 * 1024;

/** Counts the bytes of each side, and passes them on. */
export function counting(count: Record<Side, number>): Meddler {
  return (bytes, sender, link) => {
    count[sender] += bytes.length;
    link.pass(bytes, otherSide(sender));
  };
}

/** Says nothing to either side. */
export function swallowing(): Meddler {
  return () => {};
}

/** Lets so many bytes of a side pass; then both find the connection closed. */
export function cuttingAfter(count: number, side: Side): Meddler {
  return at(count, side, (before, _behind, link) => {
    link.pass(before, otherSide(side));
    link.cut();
    return swallowing();
  });
}

/** Behind so many bytes of the server comes something else, and then what follows, or nothing any more. */
export function slippingIn(count: number, what: Buffer, goesOn: boolean): Meddler {
  return at(count, 'server', (before, behind, link) => {
    link.pass(Buffer.concat([before, what, goesOn ? behind : Buffer.alloc(0)]), 'client');
    return goesOn ? passing : swallowing();
  });
}

/** So many bytes of the server arrive, so many are missing, and the rest arrives. */
export function leavingOut(count: number, missing: number): Meddler {
  return at(count, 'server', (before, behind, link) => {
    link.pass(before, 'client');
    return inTurn(
      behind,
      link,
      at(missing, 'server', (_lost, rest) => inTurn(rest, link, passing)),
    );
  });
}

/** From there on all that the server sends is random, and as long as it was. */
export function garbling(count: number, random: Random): Meddler {
  const garble: Meddler = (bytes, sender, link) =>
    link.pass(sender === 'server' ? noise(bytes.length, random) : bytes, otherSide(sender));
  return at(count, 'server', (before, behind, link) => {
    link.pass(before, 'client');
    return inTurn(behind, link, garble);
  });
}

/** More than anybody could hold, in packets that look right. */
export function flooding(count: number, megabytes: number): Meddler {
  return at(count, 'server', (before, _behind, link) => {
    link.pass(before, 'client');
    void flood(link, megabytes);
    return swallowing();
  });
}

/** Each side's bytes in their order, a few at a time, with a pause before each. */
export function slowing(
  portion: number,
  pauseMs: (random: Random) => number,
  random: Random,
): Meddler {
  const turns: Record<Side, Promise<void>> = {
    client: Promise.resolve(),
    server: Promise.resolve(),
  };
  return (bytes, sender, link) => {
    turns[sender] = turns[sender].then(async () => {
      for (let from = 0; from < bytes.length; from += portion) {
        await sleep(pauseMs(random));
        link.pass(bytes.subarray(from, from + portion), otherSide(sender));
      }
    });
  };
}

/** The head of a packet that announces the most a packet can hold. */
export function hugeHeader(sequence: number): Buffer {
  return Buffer.from([0xff, 0xff, 0xff, sequence]);
}

export function noise(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

/** Passes everything until a side has sent so much; what `then` returns takes what comes later. */
function at(
  count: number,
  side: Side,
  next: (before: Buffer, behind: Buffer, link: Link) => Meddler,
): Meddler {
  let left = count;
  let later: Meddler | undefined;
  return (bytes, sender, link) => {
    if (later) {
      later(bytes, sender, link);
    } else if (sender === side && bytes.length > left) {
      later = next(bytes.subarray(0, left), bytes.subarray(left), link);
    } else {
      left -= sender === side ? bytes.length : 0;
      passing(bytes, sender, link);
    }
  };
}

function inTurn(bytes: Buffer, link: Link, meddler: Meddler): Meddler {
  meddler(bytes, 'server', link);
  return meddler;
}

async function flood(link: Link, megabytes: number): Promise<void> {
  const packet = Buffer.alloc(MEGABYTE, 1);
  for (let sent = 0; sent < megabytes; sent++) {
    if (sent % 16 === 0) {
      link.pass(hugeHeader((1 + sent / 16) % 256), 'client');
    }
    link.pass(sent % 16 === 15 ? packet.subarray(1) : packet, 'client');
    await sleep(1);
  }
}
