/** What `systemctl show` prints of a unit, and what is made of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseUnitState } from '../../src/system/unit_state.ts';

const RUNNING = `Type=notify
TimeoutStartUSec=1min 30s
TimeoutStopUSec=2h 500ms
MainPID=812
Result=success
ExecMainCode=0
ExecMainStatus=0
Id=ssh.service
Names=ssh.service sshd.service
LoadState=loaded
Requires=sysinit.target
ActiveState=active
SubState=running
ConditionResult=yes
AssertResult=yes
RefuseManualStop=no
ConditionTimestampMonotonic=4711
RuntimeMaxUSec=infinity
InactiveExitTimestampMonotonic=4712
ExecMainStartTimestampMonotonic=4713
ExecMainExitTimestampMonotonic=0
ActiveEnterTimestampMonotonic=4715
ActiveExitTimestampMonotonic=0
AssertTimestampMonotonic=4711
InvocationID=70d80ac3b4c14e61b4a3a2d2a4e0e5a1
`;

test('a unit that runs', () => {
  assert.deepEqual(parseUnitState(RUNNING), {
    kind: 'known',
    id: 'ssh.service',
    names: ['ssh.service', 'sshd.service'],
    load: 'loaded',
    type: 'notify',
    result: 'success',
    active: 'active',
    sub: 'running',
    mainPid: 812,
    mainEnd: undefined,
    conditions: [],
    asserts: [],
    isConditional: false,
    requires: ['sysinit.target'],
    unmet: undefined,
    refusesManualStop: false,
    invocation: '70d80ac3b4c14e61b4a3a2d2a4e0e5a1',
    hasJob: false,
    startLimitMs: 90_000,
    stopLimitMs: 7_200_500,
    runLimitMs: Number.POSITIVE_INFINITY,
    times: {
      inactiveExit: 4712,
      activeEnter: 4715,
      activeExit: 0,
      mainStart: 4713,
      mainExit: 0,
    },
  });
});

describe('a unit', () => {
  const from = (...pairs: [string, string][]) =>
    parseUnitState(pairs.reduce((text, [old, now]) => text.replace(old, now), RUNNING));

  test('that systemd does not know has nothing but its name', () => {
    const state = parseUnitState('Id=ghost.service\nNames=ghost.service\nLoadState=not-found\n');
    assert.equal(state.load, 'not-found');
    assert.deepEqual([state.type, state.mainPid, state.hasJob], ['', 0, false]);
  });

  test('tells how its main process ended', () => {
    const ended = (code: number) =>
      from(['ExecMainCode=0', `ExecMainCode=${code}`], ['ExecMainStatus=0', 'ExecMainStatus=9']);
    assert.deepEqual(ended(1).mainEnd, { kind: 'exited', status: 9 });
    assert.deepEqual(ended(2).mainEnd, { kind: 'killed', signal: 9 });
    assert.deepEqual(ended(3).mainEnd, { kind: 'killed', signal: 9 });
  });

  test('has an unmet condition or assertion only once that was looked at', () => {
    const no = (what: string) => [`${what}Result=yes`, `${what}Result=no`] as [string, string];
    const never = (what: string) =>
      [`${what}TimestampMonotonic=4711`, `${what}TimestampMonotonic=0`] as [string, string];
    assert.equal(from(no('Condition')).unmet, 'condition');
    assert.equal(from(no('Assert')).unmet, 'assertion');
    assert.equal(from(no('Condition'), never('Condition')).unmet, undefined);
    assert.equal(from(no('Assert'), never('Assert')).unmet, undefined);
  });

  test('may have a job, and no limit', () => {
    const state = parseUnitState(`${RUNNING}Job=88\n`);
    assert.equal(state.hasJob, true);
    assert.equal(from(['1min 30s', 'infinity']).startLimitMs, Number.POSITIVE_INFINITY);
  });
});
