import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Breaker, CLOSED } from '../../src/breaker/breaker.ts';
import { type BreakerStore, Breakers } from '../../src/breaker/breakers.ts';
import type { Restarts } from '../../src/breaker/restarts.ts';

const LIMITS = { maxFailures: 2, resetMs: 1000 };
const MAX_KEPT = 10_000;

/** A store that keeps, and remembers every write. */
class RecordingStore implements BreakerStore {
  readonly kept: Map<string, Breaker>;
  readonly restarts = new Map<string, Restarts>();
  readonly writes: [string, Breaker | undefined][] = [];

  constructor(kept: readonly (readonly [string, Breaker])[] = []) {
    this.kept = new Map(kept);
  }

  loadBreakers(): [string, Breaker][] {
    return [...this.kept];
  }

  saveBreaker(name: string, breaker: Breaker | undefined): void {
    this.writes.push([name, breaker]);
    if (breaker) {
      this.kept.set(name, breaker);
    } else {
      this.kept.delete(name);
    }
  }

  loadRestarts(): [string, Restarts][] {
    return [...this.restarts];
  }

  saveRestarts(name: string, restarts: Restarts | undefined): void {
    if (restarts) {
      this.restarts.set(name, restarts);
    } else {
      this.restarts.delete(name);
    }
  }

  forgetBreakers(): void {
    this.kept.clear();
    this.restarts.clear();
  }
}

function setUp(kept: readonly (readonly [string, Breaker])[] = [], nowMs = 0) {
  const store = new RecordingStore(kept);
  const time = { nowMs };
  return { store, time, breakers: new Breakers(store, () => time.nowMs) };
}

const open = (openedAtMs: number, failures = 2): Breaker => ({
  state: 'open',
  failures,
  openedAtMs,
});

describe('what is remembered', () => {
  test('a process that never failed has a closed breaker, and nothing is stored of it', () => {
    const { store, breakers } = setUp();
    assert.deepEqual(breakers.of('nginx'), CLOSED);
    assert.equal(breakers.admit('nginx', LIMITS).kind, 'admitted');
    assert.equal(breakers.succeeded('nginx'), 'none');
    assert.deepEqual(store.writes, []);
  });

  test('every failure is stored at once', () => {
    const { store, time, breakers } = setUp();
    assert.equal(breakers.failed('nginx', LIMITS), 'none');
    time.nowMs = 70;
    assert.equal(breakers.failed('nginx', LIMITS), 'opened');
    assert.deepEqual(store.writes, [
      ['nginx', { state: 'closed', failures: 1 }],
      ['nginx', open(70)],
    ]);
  });

  test('a success after a failure that did not open it is stored, and is no news', () => {
    const { store, breakers } = setUp([['nginx', { state: 'closed', failures: 1 }]]);
    assert.equal(breakers.succeeded('nginx'), 'none');
    assert.deepEqual(store.writes, [['nginx', undefined]]);
    assert.deepEqual(breakers.of('nginx'), CLOSED);
  });

  test('each process has a breaker of its own', () => {
    const { breakers } = setUp([['nginx', open(0)]]);
    assert.equal(breakers.admit('nginx', LIMITS).kind, 'held off');
    assert.equal(breakers.admit('Nginx', LIMITS).kind, 'admitted');
    assert.equal(breakers.admit('__proto__', LIMITS).kind, 'admitted');
  });

  test('a breaker that was open is open after a restart of the service, for the time left', () => {
    const { time, breakers } = setUp([['nginx', open(500)]], 1499);
    assert.deepEqual(breakers.admit('nginx', LIMITS), { kind: 'held off', leftMs: 1 });
    time.nowMs = 1500;
    assert.equal(breakers.admit('nginx', LIMITS).kind, 'admitted');
  });

  test('a breaker that opens in the future, by a damaged file, is open for its time from now on', () => {
    const { breakers } = setUp([['nginx', open(9_000_000_000_000)]], 70);
    assert.deepEqual(breakers.admit('nginx', LIMITS), { kind: 'held off', leftMs: 1000 });
  });

  test('failures from before a restart of the service count', () => {
    const { breakers } = setUp([['nginx', { state: 'closed', failures: 1 }]]);
    assert.equal(breakers.failed('nginx', LIMITS), 'opened');
  });
});

describe('the one restart of a half-open breaker', () => {
  function tryOne() {
    const all = setUp([['nginx', open(0)]]);
    all.time.nowMs = 1000;
    const admission = all.breakers.admit('nginx', LIMITS);
    assert.equal(admission.kind, 'admitted');
    all.breakers.begin('nginx', admission.breaker);
    return all;
  }

  test('is not stored: a service that dies meanwhile tries it again', () => {
    const { store, breakers } = tryOne();
    assert.equal(breakers.of('nginx').state, 'half-open');
    assert.deepEqual(store.writes, []);
    assert.deepEqual([...store.kept], [['nginx', open(0)]]);
  });

  test('closes the breaker when it is verified', () => {
    const { store, breakers } = tryOne();
    assert.equal(breakers.succeeded('nginx'), 'closed');
    assert.deepEqual(breakers.of('nginx'), CLOSED);
    assert.deepEqual(store.writes, [['nginx', undefined]]);
  });

  test('opens the breaker again when it fails', () => {
    const { store, breakers } = tryOne();
    assert.equal(breakers.failed('nginx', LIMITS), 'opened');
    assert.deepEqual(store.writes, [['nginx', open(1000, 3)]]);
    assert.deepEqual(breakers.admit('nginx', LIMITS), { kind: 'held off', leftMs: 1000 });
  });

  test('may be tried again at once when it was abandoned', () => {
    const { store, breakers } = tryOne();
    breakers.abandon('nginx');
    assert.deepEqual(breakers.of('nginx'), open(0));
    assert.equal(breakers.admit('nginx', LIMITS).kind, 'admitted');
    assert.deepEqual(store.writes, []);
  });
});

describe('a restart that begins or is abandoned with a closed breaker', () => {
  test('changes nothing', () => {
    const { store, breakers } = setUp([['nginx', { state: 'closed', failures: 1 }]]);
    for (const name of ['nginx', 'sshd']) {
      breakers.begin(name, breakers.of(name));
      breakers.abandon(name);
    }
    assert.deepEqual(breakers.of('nginx'), { state: 'closed', failures: 1 });
    assert.deepEqual(breakers.of('sshd'), CLOSED);
    assert.deepEqual(store.writes, []);
  });
});

describe('limits changed by a reload', () => {
  test('count from the next question and the next failure on', () => {
    const { time, breakers } = setUp([['nginx', open(0)]]);
    time.nowMs = 10;
    assert.equal(breakers.admit('nginx', { ...LIMITS, resetMs: 11 }).kind, 'held off');
    assert.equal(breakers.admit('nginx', { ...LIMITS, resetMs: 10 }).kind, 'admitted');
    assert.equal(breakers.failed('sshd', { ...LIMITS, maxFailures: 1 }), 'opened');
  });
});

describe('however many names the database makes up', () => {
  const full = () =>
    setUp(Array.from({ length: MAX_KEPT }, (_, number) => [`p${number}`, open(0)] as const));

  test('10,000 breakers are kept', () => {
    const { store, breakers } = full();
    breakers.failed('p9999', LIMITS);
    assert.equal(store.kept.size, MAX_KEPT);
    assert.equal(breakers.of('p0').state, 'open');
  });

  test('one more takes the place of the one that changed longest ago', () => {
    const { store, breakers } = full();
    breakers.failed('p0', LIMITS);
    breakers.failed('one more', LIMITS);
    assert.equal(store.kept.size, MAX_KEPT);
    assert.deepEqual(store.writes.at(-1), ['p1', undefined]);
    assert.deepEqual(breakers.of('p1'), CLOSED);
    assert.equal(breakers.of('p0').state, 'open');
    assert.equal(breakers.of('one more').failures, 1);
  });

  test('a store that holds more is brought down to 10,000', () => {
    const more = Array.from({ length: MAX_KEPT + 5 }, (_, number) => [`p${number}`, open(0)]);
    const { store, breakers } = setUp(more as [string, Breaker][]);
    breakers.failed('one more', LIMITS);
    assert.equal(store.kept.size, MAX_KEPT);
    assert.deepEqual([breakers.of('p5'), breakers.of('p6')], [CLOSED, open(0)]);
  });
});

describe('a reset by hand', () => {
  test('forgets the failures, for good, and tells what there was', () => {
    const { store, breakers } = setUp([['nginx', open(0)]]);
    assert.deepEqual(breakers.reset('nginx'), { breaker: open(0), restarts: 0 });
    assert.deepEqual([breakers.of('nginx'), store.kept.size], [CLOSED, 0]);
    assert.deepEqual(breakers.reset('nginx'), { breaker: CLOSED, restarts: 0 });
  });

  test('in the middle of the one restart that is tried leaves that restart to count anew', () => {
    const { time, breakers } = setUp([['nginx', open(0)]]);
    time.nowMs = 1000;
    const admission = breakers.admit('nginx', LIMITS);
    assert.ok(admission.kind === 'admitted');
    breakers.begin('nginx', admission.breaker);
    breakers.reset('nginx');
    assert.equal(breakers.failed('nginx', LIMITS), 'none');
    assert.deepEqual(breakers.of('nginx'), { state: 'closed', failures: 1 });
  });

  test('while the one restart that is tried waits for its turn does not bring its failures back', () => {
    const { breakers } = setUp([['nginx', open(-1000)]]);
    const admission = breakers.admit('nginx', LIMITS);
    assert.ok(admission.kind === 'admitted');
    breakers.reset('nginx');
    breakers.begin('nginx', admission.breaker);
    assert.deepEqual(breakers.of('nginx'), CLOSED);
    assert.equal(breakers.failed('nginx', LIMITS), 'none');
    assert.equal(breakers.of('nginx').failures, 1);
  });

  test('of all forgets every one at once', () => {
    const { store, breakers } = setUp([
      ['nginx', open(0)],
      ['mysqld', { state: 'closed', failures: 1 }],
    ]);
    assert.deepEqual(breakers.names(), ['nginx', 'mysqld']);
    assert.deepEqual(
      breakers.resetAll().map(([name]) => name),
      ['nginx', 'mysqld'],
    );
    assert.deepEqual([breakers.names(), store.kept.size], [[], 0]);
  });
});

describe('restarts that do not last', () => {
  const TWO = { maxRestarts: 2, windowMs: 10_000 };

  function crashLoop() {
    const all = setUp();
    for (const timeMs of [0, 10]) {
      all.time.nowMs = timeMs;
      assert.equal(all.breakers.limit('nginx', TWO), 0);
      all.breakers.restarted('nginx', TWO);
      assert.equal(all.breakers.succeeded('nginx'), 'none');
    }
    all.time.nowMs = 20;
    return all;
  }

  /** The time of the open breaker is over: one restart is tried. */
  function tryOne({ breakers, time }: ReturnType<typeof setUp>): void {
    time.nowMs += LIMITS.resetMs;
    const admission = breakers.admit('nginx', LIMITS);
    assert.ok(admission.kind === 'admitted' && admission.breaker.state === 'half-open');
    assert.equal(breakers.limit('nginx', TWO), 0);
    breakers.begin('nginx', admission.breaker);
    breakers.restarted('nginx', TWO);
  }

  test('open the breaker before the one that is too many, which is stored with its reason', () => {
    const { store, breakers } = crashLoop();
    assert.equal(breakers.limit('nginx', TWO), 2);
    assert.deepEqual(breakers.of('nginx'), open(20, 0));
    assert.equal(breakers.reasonOf('nginx'), 'restarts');
    assert.deepEqual(store.kept.get('nginx'), open(20, 0));
    assert.deepEqual(store.restarts.get('nginx'), { timesMs: [0, 10], isFlapping: true });
    assert.equal(breakers.admit('nginx', LIMITS).kind, 'held off');
  });

  test('count for each process alone, and only where there is a limit', () => {
    const { store, breakers } = crashLoop();
    assert.equal(breakers.limit('sshd', TWO), 0);
    assert.equal(breakers.limit('nginx', { ...TWO, maxRestarts: 0 }), 0);
    breakers.restarted('sshd', { ...TWO, maxRestarts: 0 });
    assert.deepEqual([...store.restarts.keys()], ['nginx']);
  });

  test('count over a restart of the service', () => {
    const { store, time } = crashLoop();
    const next = new Breakers(store, () => time.nowMs);
    assert.equal(next.limit('nginx', TWO), 2);
    assert.equal(new Breakers(store, () => time.nowMs).reasonOf('nginx'), 'restarts');
  });

  test('that a damaged file says are to come count as made now', () => {
    const store = new RecordingStore();
    const far = 9_000_000_000_000;
    store.restarts.set('nginx', { timesMs: [far, far], isFlapping: false });
    const time = { nowMs: 5 };
    const breakers = new Breakers(store, () => time.nowMs);
    time.nowMs = 10_005;
    assert.equal(breakers.limit('nginx', TWO), 0);
  });

  test('of which the one that is tried does not last either open the breaker at once again', () => {
    const all = crashLoop();
    const { breakers, time } = all;
    breakers.limit('nginx', TWO);
    tryOne(all);
    assert.equal(breakers.succeeded('nginx'), 'closed');
    assert.equal(breakers.reasonOf('nginx'), undefined);
    time.nowMs += TWO.windowMs - 1;
    assert.equal(breakers.limit('nginx', TWO), 1);
    assert.equal(breakers.reasonOf('nginx'), 'restarts');
  });

  test('are over once the one that was tried lasted', () => {
    const all = crashLoop();
    const { breakers, time } = all;
    breakers.limit('nginx', TWO);
    tryOne(all);
    breakers.succeeded('nginx');
    for (const _ of [1, 2]) {
      time.nowMs += TWO.windowMs;
      assert.equal(breakers.limit('nginx', TWO), 0);
      breakers.restarted('nginx', TWO);
    }
    time.nowMs += 1;
    assert.equal(breakers.limit('nginx', TWO), 0, 'one restart within the window, two may be made');
  });

  test('of which the one that is tried fails make it a breaker of failures', () => {
    const all = crashLoop();
    all.breakers.limit('nginx', TWO);
    tryOne(all);
    assert.equal(all.breakers.failed('nginx', LIMITS), 'opened');
    assert.equal(all.breakers.of('nginx').failures, 1);
    assert.equal(all.breakers.reasonOf('nginx'), 'failures');
  });

  test('are forgotten by a reset, of one or of all', () => {
    for (const all of [crashLoop(), crashLoop()]) {
      all.breakers.limit('nginx', TWO);
      assert.deepEqual(all.breakers.reset('nginx'), { breaker: open(20, 0), restarts: 2 });
      assert.equal(all.breakers.limit('nginx', TWO), 0);
      all.breakers.restarted('nginx', TWO);
      assert.deepEqual(all.breakers.resetAll(), []);
      assert.deepEqual([...all.store.restarts], []);
    }
  });
});
