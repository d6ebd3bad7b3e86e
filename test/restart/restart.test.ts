import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { isHealthy, restart } from '../../src/restart/restart.ts';
import { takeAllDescriptors } from '../support/descriptors.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { restartStage, targetOf } from './stage.ts';

const BEGINNING = 'INFO RESTART LOG: Beginning restart procedure for nginx (strategy: custom)';
const attempt = (number: number, of = 2) =>
  `INFO RESTART LOG: Attempt ${number} of ${of} for nginx`;
const ALL_FAILED = 'ERROR RESTART LOG: All restart attempts failed for nginx';
const CUSTOM = { restart_strategy: 'custom', health_check_command: 'exit 0' };

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

describe('a restart', () => {
  test('that works is verified, logged and recorded', async () => {
    const { log, records, context, clock } = restartStage();
    const mark = space.path('restarted');
    const target = targetOf('nginx', { ...CUSTOM, restart_command: `echo %s > ${mark}` });
    assert.equal(await restart(target, 2, context), 'verified');
    assert.equal(readFileSync(mark, 'utf8'), 'nginx\n');
    assert.deepEqual(log.lines, [
      BEGINNING,
      attempt(1),
      'INFO RESTART LOG: Successfully restarted and verified process: nginx',
    ]);
    const [{ process: group, ...record } = assert.fail('no record'), ...others] = records;
    assert.match(group ?? '', /^\d+ \d+ \S+$/);
    assert.deepEqual(others, []);
    assert.deepEqual(record, {
      name: 'nginx',
      strategy: 'custom',
      attempt: 1,
      command: `echo nginx > ${mark}`,
      outcome: 'verified',
      durationMs: 0,
    });
    assert.deepEqual(clock.pauses, []);
  });

  test('without a descriptor to look at the processes with is recorded as failed, and not as running for ever', async () => {
    const { log, records, context } = restartStage();
    const giveBack = takeAllDescriptors();
    try {
      const keys = { restart_strategy: 'process' };
      assert.equal(await restart(targetOf('nginx', keys), 1, context), 'failed');
    } finally {
      giveBack();
    }
    assert.deepEqual(
      records.map(({ outcome }) => outcome),
      ['failed'],
    );
    assert.match(records[0]?.reason ?? '', /^EMFILE: too many open files/);
    assert.match(log.lines[2] ?? '', /^ERROR RESTART LOG: .*nginx: EMFILE/);
  });

  test('that fails is tried max_attempts times, restart_delay apart', async () => {
    const { log, records, context, clock } = restartStage();
    const keys = { ...CUSTOM, restart_command: 'echo no >&2; exit 3', restart_delay: 7 };
    assert.equal(await restart(targetOf('nginx', keys), 3, context), 'failed');
    const failed = 'ERROR RESTART LOG: Custom restart command failed for: nginx: exit code 3: no';
    assert.deepEqual(log.lines, [
      BEGINNING,
      attempt(1, 3),
      failed,
      attempt(2, 3),
      failed,
      attempt(3, 3),
      failed,
      ALL_FAILED,
    ]);
    assert.deepEqual(clock.pauses, [7000, 7000]);
    assert.deepEqual(
      records.map(({ attempt, outcome, reason, output }) => [attempt, outcome, reason, output]),
      [1, 2, 3].map((number) => [number, 'failed', 'exit code 3: no', 'no']),
    );
  });

  test('that works at its second attempt is verified', async () => {
    const { records, context } = restartStage();
    const mark = space.path('second');
    const command = `test -e ${mark} || { : > ${mark}; exit 1; }`;
    const target = targetOf('nginx', { ...CUSTOM, restart_command: command });
    assert.equal(await restart(target, 2, context), 'verified');
    assert.deepEqual(
      records.map(({ outcome }) => outcome),
      ['failed', 'verified'],
    );
  });

  test('whose health check fails is a failure, and the log has its last lines', async () => {
    const { log, records, context } = restartStage();
    const keys = { ...CUSTOM, restart_command: 'exit 0' };
    const check = { health_check_command: 'seq 8; echo dead >&2; exit 4' };
    assert.equal(await restart(targetOf('nginx', { ...keys, ...check }), 1, context), 'failed');
    assert.deepEqual(log.lines.slice(0, 3), [
      BEGINNING,
      attempt(1, 1),
      'ERROR RESTART LOG: Custom restart command succeeded but health check failed for: nginx',
    ]);
    assert.deepEqual(log.lines.slice(3), [
      'ERROR RESTART LOG: Health check for nginx: exit code 4: dead',
      ...['5', '6', '7', '8', 'dead'].map((line) => `ERROR RESTART LOG: Output for nginx: ${line}`),
      ALL_FAILED,
    ]);
    assert.equal(records[0]?.outcome, 'failed');
    assert.equal(records[0]?.reason, 'health check: exit code 4: dead');
  });

  test('that hangs is ended at restart_timeout', async () => {
    const { log, context } = restartStage();
    const keys = { ...CUSTOM, restart_command: 'sleep 60', restart_timeout: 1 };
    assert.equal(await restart(targetOf('nginx', keys), 1, context), 'failed');
    assert.equal(
      log.lines[2],
      'ERROR RESTART LOG: Custom restart command failed for: nginx: timed out after 1 second',
    );
  });
});

describe('pre_restart_command', () => {
  const pre = (command: string, more = {}) =>
    targetOf('nginx', {
      ...CUSTOM,
      pre_restart_command: command,
      restart_command: 'exit 0',
      ...more,
    });

  test('is run once before the first attempt, and recorded as attempt 0', async () => {
    const { records, context } = restartStage();
    const count = space.path('count');
    const target = pre(`echo %s >> ${count}`, { restart_command: 'exit 1' });
    assert.equal(await restart(target, 2, context), 'failed');
    assert.equal(readFileSync(count, 'utf8'), 'nginx\n');
    assert.deepEqual(
      records.map(({ attempt, outcome }) => [attempt, outcome]),
      [
        [0, 'passed'],
        [1, 'failed'],
        [2, 'failed'],
      ],
    );
  });

  test('that fails leaves everything as it is', async () => {
    const { log, records, context } = restartStage();
    const mark = space.path('never');
    const target = pre('echo bad config >&2; exit 1', { restart_command: `: > ${mark}` });
    assert.equal(await restart(target, 2, context), 'failed');
    assert.deepEqual(log.lines, [
      BEGINNING,
      'ERROR RESTART LOG: Pre-restart command failed for nginx: exit code 1: bad config',
    ]);
    assert.equal(existsSync(mark), false);
    assert.deepEqual([records.length, records[0]?.outcome], [1, 'failed']);
  });
});

describe('secrets', () => {
  test('are masked in the log and in the records, wherever they turn up', async () => {
    const SECRET = 'hunter2hunter2';
    const { log, records, context } = restartStage([SECRET]);
    const target = targetOf('nginx', {
      restart_strategy: 'custom',
      pre_restart_command: `echo pre ${SECRET}`,
      restart_command: `echo one ${SECRET}; echo two ${SECRET} >&2; exit 1 # mysql -psecond_one`,
      health_check_command: `echo ${SECRET}; exit 1`,
    });
    await restart(target, 1, context);
    const second = { ...target, settings: { ...target.settings, restart_command: 'exit 0' } };
    await restart(second, 1, context);
    const failing = { ...target.settings, pre_restart_command: `echo ${SECRET} >&2; exit 1` };
    await restart({ ...target, settings: failing }, 1, context);
    const everything = `${log.lines.join('\n')}\n${JSON.stringify(records)}`;
    assert.ok(!everything.includes(SECRET), everything);
    assert.ok(!everything.includes('second_one'), everything);
    assert.ok(
      log.lines.includes(
        'ERROR RESTART LOG: Custom restart command failed for: nginx: exit code 1: two ********',
      ),
      everything,
    );
    assert.equal(records[0]?.command, 'echo pre ********');
  });
});

describe('a process that was healed before', () => {
  test('is healthy when its check passes, and nothing is restarted', async () => {
    for (const [command, expected] of [
      ['exit 0', true],
      ['exit 1', false],
    ] as const) {
      const { log, records, context } = restartStage();
      const keys = { ...CUSTOM, restart_command: 'exit 0', health_check_command: command };
      assert.equal(await isHealthy(targetOf('nginx', keys), context), expected);
      assert.deepEqual([log.lines, records], [[], []]);
    }
  });
});
