import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { CheckLoop, type Pulse } from '../../src/monitor/check_loop.ts';
import { FakeClock, settled } from '../system/fake_clock.ts';

const INTERVAL = 300_000;
const NO_PULSE: Pulse = { everyMs: Number.POSITIVE_INFINITY, beat() {} };

/** A running loop, and the instants at which its checks began. */
async function startLoop(t: TestContext, checkMs = 0, intervalMs = INTERVAL) {
  const clock = new FakeClock(1_000_000);
  const options = { checkMs, intervalMs };
  const starts: number[] = [];
  let isChecking = false;
  const check = async () => {
    assert.equal(isChecking, false, 'two checks at a time');
    isChecking = true;
    starts.push(clock.nowMs() - 1_000_000);
    if (options.checkMs > 0) {
      await clock.sleep(options.checkMs);
    }
    isChecking = false;
  };
  const loop = new CheckLoop(check, () => options.intervalMs, clock, NO_PULSE);
  const ended = loop.run();
  t.after(async () => {
    loop.stop();
    await clock.advance(options.checkMs);
    await ended;
  });
  await settled();
  return { clock, loop, ended, starts, options };
}

describe('checks on schedule', () => {
  test('the first one starts at once, the others every check_interval', async (t) => {
    const { clock, starts } = await startLoop(t);
    assert.deepEqual(starts, [0]);
    await clock.advance(INTERVAL - 1);
    assert.deepEqual(starts, [0]);
    await clock.advance(1);
    assert.deepEqual(starts, [0, INTERVAL]);
    await clock.advance(3 * INTERVAL);
    assert.deepEqual(
      starts,
      [0, 1, 2, 3, 4].map((count) => count * INTERVAL),
    );
  });

  test('the time that a check takes does not delay the next one', async (t) => {
    const { clock, starts } = await startLoop(t, 250, 1000);
    await clock.advance(3000);
    assert.deepEqual(starts, [0, 1000, 2000, 3000]);
  });

  test('a check longer than the interval is followed at once, and never by two', async (t) => {
    const { clock, starts } = await startLoop(t, 3500, 1000);
    await clock.advance(3499);
    assert.deepEqual(starts, [0]);
    await clock.advance(1);
    assert.deepEqual(starts, [0, 3500]);
    await clock.advance(3500);
    assert.deepEqual(starts, [0, 3500, 7000]);
  });

  test('a check that takes just the interval is followed at once', async (t) => {
    const { clock, starts } = await startLoop(t, 1000, 1000);
    await clock.advance(2000);
    assert.deepEqual(starts, [0, 1000, 2000]);
  });

  test('a host that slept through many intervals makes one check', async (t) => {
    const { clock, starts, loop, options } = await startLoop(t, 0, 1000);
    options.checkMs = 60_500;
    loop.checkNow();
    await settled();
    options.checkMs = 0;
    await clock.advance(60_500);
    assert.deepEqual(starts, [0, 0, 60_500]);
    await clock.advance(1000);
    assert.deepEqual(starts.slice(3), [61_500]);
  });
});

describe('a check that is asked for', () => {
  test('starts at once, and the interval is counted from it', async (t) => {
    const { clock, loop, starts } = await startLoop(t);
    await clock.advance(100);
    loop.checkNow();
    await settled();
    assert.deepEqual(starts, [0, 100]);
    await clock.advance(INTERVAL - 1);
    assert.deepEqual(starts, [0, 100]);
    await clock.advance(1);
    assert.deepEqual(starts, [0, 100, 100 + INTERVAL]);
  });

  test('starts right after the one that runs', async (t) => {
    const { clock, loop, starts } = await startLoop(t, 500);
    await clock.advance(200);
    loop.checkNow();
    await clock.advance(299);
    assert.deepEqual(starts, [0]);
    await clock.advance(1);
    assert.deepEqual(starts, [0, 500]);
  });

  test('is one check, however often it was asked for', async (t) => {
    const { clock, loop, starts } = await startLoop(t, 500);
    for (let count = 0; count < 5; count++) {
      loop.checkNow();
    }
    await clock.advance(1000);
    assert.deepEqual(starts, [0, 500]);
    assert.deepEqual(clock.pendingMs, [INTERVAL - 500]);
  });
});

describe('a changed check_interval', () => {
  test('that is shorter counts at once', async (t) => {
    const { clock, loop, starts, options } = await startLoop(t);
    await clock.advance(1500);
    options.intervalMs = 2000;
    loop.reschedule();
    await clock.advance(499);
    assert.deepEqual(starts, [0]);
    await clock.advance(1);
    assert.deepEqual(starts, [0, 2000]);
  });

  test('that has passed already starts a check at once', async (t) => {
    const { clock, loop, starts, options } = await startLoop(t);
    await clock.advance(5000);
    options.intervalMs = 2000;
    loop.reschedule();
    await settled();
    assert.deepEqual(starts, [0, 5000]);
  });

  test('that is longer counts at once', async (t) => {
    const { clock, loop, starts, options } = await startLoop(t, 0, 1000);
    await clock.advance(999);
    options.intervalMs = 10_000;
    loop.reschedule();
    await clock.advance(9000);
    assert.deepEqual(starts, [0]);
    await clock.advance(1);
    assert.deepEqual(starts, [0, 10_000]);
  });

  test('during a check counts after it', async (t) => {
    const { clock, loop, starts, options } = await startLoop(t, 500);
    await clock.advance(100);
    options.intervalMs = 1000;
    loop.reschedule();
    await clock.advance(900);
    assert.deepEqual(starts, [0, 1000]);
  });

  test('that is the same starts nothing', async (t) => {
    const { clock, loop, starts } = await startLoop(t, 0, 1000);
    await clock.advance(400);
    loop.reschedule();
    await clock.advance(599);
    assert.deepEqual(starts, [0]);
    await clock.advance(1);
    assert.deepEqual(starts, [0, 1000]);
  });
});

describe('a loop that is stopped', () => {
  test('ends at once while it waits, and leaves nothing waiting', async (t) => {
    const { clock, loop, ended, starts } = await startLoop(t);
    loop.stop();
    await ended;
    assert.deepEqual(clock.pendingMs, []);
    assert.deepEqual(starts, [0]);
  });

  test('ends after the check that runs, even where another was asked for', async (t) => {
    const { clock, loop, ended, starts } = await startLoop(t, 500);
    loop.checkNow();
    loop.stop();
    await clock.advance(500);
    await ended;
    assert.deepEqual(starts, [0]);
  });

  test('before it ran makes no check', async () => {
    const loop = new CheckLoop(
      () => assert.fail('a check'),
      () => 1,
      new FakeClock(),
      NO_PULSE,
    );
    loop.stop();
    await loop.run();
    loop.checkNow();
  });
});

describe('the pulse of the loop', () => {
  /** A loop whose beats are noted, with the times of its checks as `check`. */
  async function startBeating(t: TestContext, everyMs: number, checkMs: number) {
    const clock = new FakeClock();
    const notes: string[] = [];
    const check = () => {
      notes.push(`check ${clock.nowMs()}`);
      return clock.sleep(checkMs);
    };
    const pulse = { everyMs, beat: () => void notes.push(`beat ${clock.nowMs()}`) };
    const loop = new CheckLoop(check, () => 1000, clock, pulse);
    const ended = loop.run();
    t.after(async () => {
      loop.stop();
      await clock.advance(checkMs);
      await ended;
    });
    await settled();
    return { clock, notes };
  }

  test('beats before a check, and while it sleeps as often as is wanted', async (t) => {
    const { clock, notes } = await startBeating(t, 400, 100);
    await clock.advance(999);
    assert.deepEqual(notes, ['beat 0', 'check 0', 'beat 100', 'beat 500', 'beat 900']);
    await clock.advance(1);
    assert.deepEqual(notes.slice(5), ['beat 1000', 'check 1000']);
  });

  test('stops while a check hangs', async (t) => {
    const { clock, notes } = await startBeating(t, 10, 60_000);
    await clock.advance(59_999);
    assert.deepEqual(notes, ['beat 0', 'check 0']);
  });
});
