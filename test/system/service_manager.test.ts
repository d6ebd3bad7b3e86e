import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ServiceManager } from '../../src/system/service_manager.ts';
import { waitFor } from '../support/wait.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { FakeClock, LeapingClock, settled } from './fake_clock.ts';

const { PATH } = process.env;
const MINUTE = 60_000;
const PAUSE_MS = 1000;

let place: Workspace;

/** A systemd-notify that notes what it is called with; with `text`, one that does something else. */
function standIn(text = 'echo "$NOTIFY_SOCKET $*" >> "$(dirname "$0")/told"'): void {
  place.script('systemd-notify', text);
  process.env.PATH = `${place.path()}:${PATH}`;
}

/** What was told so far, without our pid and the socket, which are in every message. */
function told(): string[] {
  const file = place.path('told');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(`/notify --pid=${process.pid} `, ''));
}

/** Its pauses between two messages pass at once, where no other clock is given. */
function manager(environment: NodeJS.ProcessEnv, other?: FakeClock) {
  const clock = new LeapingClock();
  const failures: string[] = [];
  const full = { NOTIFY_SOCKET: '/notify', ...environment };
  return {
    clock,
    failures,
    manager: new ServiceManager(full, other ?? clock, (reason) => void failures.push(reason)),
  };
}

beforeEach(async () => {
  place = await workspace();
});

afterEach(async () => {
  process.env.PATH = PATH;
  await place.remove();
});

describe('what systemd is told', () => {
  test('is the state of this process, as the main process of the unit', async () => {
    standIn();
    const given = manager({});
    given.manager.status('No process in alarm');
    given.manager.ready();
    await given.manager.idle();
    assert.deepEqual(told(), ['STATUS=No process in alarm READY=1']);
    assert.deepEqual(given.failures, []);
  });

  test('is that it is ready, once', async () => {
    standIn();
    const given = manager({});
    given.manager.ready();
    await given.manager.idle();
    given.manager.ready();
    await given.manager.idle();
    assert.deepEqual(told(), ['READY=1']);
  });

  test('is not kept waiting by what was said before it', async () => {
    standIn();
    const given = manager({ WATCHDOG_USEC: '1000000000' });
    given.manager.beat();
    await settled();
    given.manager.ready();
    await given.manager.idle();
    assert.deepEqual(told(), ['WATCHDOG=1', 'READY=1']);
    assert.deepEqual(given.clock.pauses.length, 1, 'a pause before READY');
  });

  test('is a status only where it is another one, and of many in a row the last', async () => {
    standIn();
    const given = manager({});
    given.manager.status('one');
    given.manager.status('two');
    await given.manager.idle();
    given.manager.status('two');
    await given.manager.idle();
    assert.deepEqual(told(), ['STATUS=two']);
  });

  test('is the end at once, and how long it may take', async () => {
    standIn();
    const given = manager({});
    given.manager.status('one');
    await settled();
    given.manager.stopping(2500);
    await given.manager.idle();
    assert.deepEqual(told(), ['STATUS=one', 'STOPPING=1 EXTEND_TIMEOUT_USEC=2500000']);
  });

  test('is nothing without a systemd that listens', async () => {
    standIn();
    const given = manager({ NOTIFY_SOCKET: '', WATCHDOG_USEC: '1000' });
    given.manager.ready();
    given.manager.beat();
    await given.manager.idle();
    assert.deepEqual(told(), []);
  });

  test('what fails is said once, and told as soon as it can be', async () => {
    standIn(`cd "$(dirname "$0")"
      echo try >> tries
      [ "$(wc -l < tries)" -gt 2 ] || exit 4
      echo "$NOTIFY_SOCKET $*" >> told`);
    const given = manager({});
    given.manager.status('one');
    given.manager.ready();
    await given.manager.idle();
    assert.deepEqual(given.failures, ['systemd-notify: exit code 4']);
    assert.deepEqual(told(), ['STATUS=one READY=1'], 'a start is never kept from systemd');
    assert.equal(given.clock.pauses.length >= 2, true, 'it is not tried again at once');
  });

  test('what is newer takes the place of what could not be told', async () => {
    standIn('exit 4');
    const clock = new FakeClock();
    const given = manager({}, clock);
    given.manager.status('one');
    await waitFor('the pause after a failure', () => clock.pendingMs.length === 1);
    standIn();
    given.manager.status('two');
    await clock.advance(PAUSE_MS);
    await waitFor('the message', () => told().length > 0);
    assert.deepEqual(told(), ['STATUS=two']);
  });

  test('a missing systemd-notify is said, and keeps nobody from the end', async () => {
    process.env.PATH = place.path();
    const clock = new FakeClock();
    const given = manager({}, clock);
    given.manager.ready();
    await waitFor('the pause after a failure', () => clock.pendingMs.length === 1);
    given.manager.stopping(0);
    await given.manager.idle();
    assert.match(given.failures.join(), /^systemd-notify: .*ENOENT/);
  });
});

describe('the watchdog', () => {
  test('is fed when a quarter of its time has gone by, however often the loop beats', async () => {
    standIn();
    const given = manager({ WATCHDOG_USEC: String(4 * MINUTE * 1000) });
    assert.equal(given.manager.everyMs, MINUTE);
    given.manager.beat();
    await given.manager.idle();
    const passedMs = given.clock.nowMs();
    given.clock.pass(MINUTE - passedMs - 1);
    given.manager.beat();
    await given.manager.idle();
    assert.deepEqual(told(), ['WATCHDOG=1']);
    given.clock.pass(1);
    given.manager.beat();
    await given.manager.idle();
    assert.deepEqual(told(), ['WATCHDOG=1', 'WATCHDOG=1']);
  });

  test('of another process is not fed', async () => {
    standIn();
    const given = manager({ WATCHDOG_USEC: '1000', WATCHDOG_PID: String(process.pid + 1) });
    given.manager.beat();
    await given.manager.idle();
    assert.deepEqual(told(), []);
    assert.equal(given.manager.everyMs, Number.POSITIVE_INFINITY);
  });

  test('is asked for more time where checks may take longer than it waits', async () => {
    standIn();
    const given = manager({ WATCHDOG_USEC: '10000000', WATCHDOG_PID: String(process.pid) });
    given.manager.allowBusy(20_000);
    await given.manager.idle();
    given.manager.allowBusy(5000);
    await given.manager.idle();
    assert.deepEqual(told(), ['WATCHDOG_USEC=25000000']);
  });

  test('that waits long enough is left as it is', async () => {
    standIn();
    const given = manager({ WATCHDOG_USEC: '100000000' });
    given.manager.allowBusy(50_000);
    await given.manager.idle();
    assert.deepEqual(told(), []);
  });
});
