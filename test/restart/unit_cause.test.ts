/** The line of a unit's journal that tells why its start failed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { causeIn, isForDependency, skippedBy } from '../../src/restart/unit_cause.ts';
import type { JournalLine } from '../../src/system/journal.ts';

const about = { priority: 6, invocation: 'ab' };
const manager = (text: string): JournalLine => ({ text, isManagers: true, ...about });
const program = (text: string, priority = 6): JournalLine => ({
  ...about,
  text,
  isManagers: false,
  priority,
});
const EXITED = {
  load: 'loaded',
  result: 'exit-code',
  mainEnd: { kind: 'exited', status: 1 },
} as const;
const STARTING = manager('Starting web.service...');
const FAILED = [
  manager('web.service: Main process exited, code=exited, status=1/FAILURE'),
  manager("web.service: Failed with result 'exit-code'."),
  manager('Failed to start web.service.'),
];

describe('the cause of a failed start is', () => {
  for (const text of [
    'web.service: Failed at step CHDIR spawning /bin/web: No such file or directory',
    'web.service: Failed at step USER spawning /bin/web: No such process',
    'web.service: Failed at step EXEC spawning /bin/web: Permission denied',
  ]) {
    test(`the step that failed: ${text}`, () => {
      const before = manager('web.service: Changing to the requested working directory failed');
      const lines = [STARTING, program('of ExecStartPre='), before, manager(text), ...FAILED];
      assert.equal(causeIn(EXITED, lines), text);
    });
  }

  test('the last line of the program', () => {
    const lines = [STARTING, program('reading web.conf'), program('no port given'), ...FAILED];
    assert.equal(causeIn(EXITED, lines), 'no port given');
  });

  test('the last line that the program itself calls an error', () => {
    const lines = [program('no port given', 3), program('cleaning up'), ...FAILED];
    assert.equal(causeIn(EXITED, lines), 'no port given');
  });

  test('what systemd says where the program had no part in its end', () => {
    const lines = (cause: string) => [STARTING, program('listening'), manager(cause), ...FAILED];
    for (const [result, cause] of [
      ['timeout', 'web.service: start operation timed out. Terminating.'],
      ['watchdog', 'web.service: Watchdog timeout (limit 1s)!'],
      ['oom-kill', 'web.service: A process of this unit has been killed by the OOM killer.'],
      [
        'protocol',
        "web.service: Can't open PID file /run/web.pid (yet?) after start: No such file",
      ],
      ['resources', 'web.service: Failed to load environment files: No such file or directory'],
    ] as const) {
      assert.equal(causeIn({ load: 'loaded', result, mainEnd: undefined }, lines(cause)), cause);
    }
    const killed = { ...EXITED, result: 'signal', mainEnd: { kind: 'killed', signal: 9 } } as const;
    const told = 'web.service: Main process exited, code=killed, status=9/KILL';
    assert.equal(causeIn(killed, [STARTING, program('listening'), manager(told)]), told);
  });

  test('what systemd found in its file, where it could not be loaded', () => {
    const told = 'web.service: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.';
    const unit = { load: 'bad-setting', result: 'success', mainEnd: undefined };
    assert.equal(causeIn(unit, [program('of long ago'), manager(told)]), told);
  });

  test('how a process ended, where nothing tells more', () => {
    assert.equal(causeIn(EXITED, [STARTING, ...FAILED]), FAILED[0]?.text);
  });

  test('nothing that each start says', () => {
    const left =
      'web.service: Found left-over process 7 (sh) in control group while starting unit.';
    assert.equal(causeIn(EXITED, [STARTING, manager(left), manager('Started web.')]), undefined);
    assert.equal(causeIn(EXITED, []), undefined);
  });
});

describe('a start that did nothing is known', () => {
  const never = { unmet: undefined, conditions: [], asserts: [] };
  const conditions = ['ConditionPathExists=/a', 'ConditionVirtualization=!container'];

  test('by what systemd says, in the words of its version', () => {
    for (const [text, told] of [
      [
        'Web was skipped because of an unmet condition check (ConditionPathExists=/a).',
        'condition not met: ConditionPathExists=/a',
      ],
      [
        'Web was skipped because of a failed condition check (ConditionACPower=!true).',
        'condition not met: ConditionACPower=!true',
      ],
      [
        "web.service: Skipped due to 'exec-condition'.",
        'condition not met: ExecCondition= ended with a failure',
      ],
    ] as const) {
      assert.equal(skippedBy({ ...never, conditions }, [manager(text)]), told);
    }
    const old = manager('Condition check resulted in Web being skipped.');
    assert.equal(
      skippedBy({ ...never, conditions }, [old]),
      'condition not met: ConditionPathExists=/a, ConditionVirtualization=!container',
    );
    assert.equal(
      skippedBy({ ...never, asserts: ['AssertPathExists=/b'] }, [
        manager('web.service: Starting requested but asserts failed.'),
      ]),
      'assertion not met: AssertPathExists=/b',
    );
  });

  test('by what systemd remembers, where the journal says nothing', () => {
    assert.equal(skippedBy({ ...never, unmet: 'condition' }, []), 'condition not met');
    assert.equal(
      skippedBy({ unmet: 'assertion', conditions, asserts: ['AssertPathExists=/b'] }, []),
      'assertion not met: AssertPathExists=/b',
    );
  });

  test('and never by what a program says', () => {
    const text = 'web was skipped because of an unmet condition check (ConditionPathExists=/a).';
    assert.equal(skippedBy(never, [program(text)]), undefined);
    assert.equal(isForDependency([program('Dependency failed for web.')]), false);
    assert.equal(isForDependency([manager('Dependency failed for web.')]), true);
  });
});
