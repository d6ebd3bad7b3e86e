/** Whether a unit is started or restarted: every combination of what decides. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { verbFor } from '../../src/restart/unit_verb.ts';

const SUBS: Record<string, readonly string[]> = {
  active: ['running', 'exited'],
  reloading: ['reload'],
  refreshing: ['refresh-extensions'],
  inactive: ['dead', 'dead-before-auto-restart'],
  failed: ['failed'],
  activating: ['condition', 'start-pre', 'start', 'start-post'],
  restarting: ['auto-restart', 'auto-restart-queued'],
  deactivating: ['stop', 'stop-sigterm', 'final-sigkill'],
  maintenance: ['cleaning'],
};

interface Case {
  readonly state: string;
  readonly isOneshot: boolean;
  readonly isEndless: boolean;
  readonly refuses: boolean;
  readonly hasJob: boolean;
  readonly isFollowUp: boolean;
}

const BOTH = [true, false];
const ALL: readonly Case[] = Object.keys(SUBS).flatMap((state) =>
  BOTH.flatMap((isOneshot) =>
    BOTH.flatMap((isEndless) =>
      BOTH.flatMap((refuses) =>
        BOTH.flatMap((hasJob) =>
          BOTH.map((isFollowUp) => ({ state, isOneshot, isEndless, refuses, hasJob, isFollowUp })),
        ),
      ),
    ),
  ),
);

/** The first line that fits decides. */
const LINES: readonly [title: string, when: (c: Case) => boolean, verb: 'start' | 'restart'][] = [
  [
    'what does not run is started',
    ({ state }) => ['inactive', 'failed', 'maintenance'].includes(state),
    'start',
  ],
  [
    'what the attempt before has got up meanwhile stays',
    ({ state, isFollowUp }) => ['active', 'reloading', 'refreshing'].includes(state) && isFollowUp,
    'start',
  ],
  [
    'what runs is restarted, a refusal of its own included',
    ({ state }) => ['active', 'reloading', 'refreshing'].includes(state),
    'restart',
  ],
  [
    'no stop is asked of a unit that refuses one and does not run',
    ({ refuses }) => refuses,
    'start',
  ],
  [
    'what waits for RestartSec= is started without waiting for it',
    ({ state }) => state === 'restarting',
    'restart',
  ],
  [
    'the job of the attempt before is joined',
    ({ isFollowUp, hasJob, state }) => isFollowUp && (hasJob || state === 'activating'),
    'start',
  ],
  [
    'what stops may be about to wait for RestartSec=',
    ({ state }) => state === 'deactivating',
    'restart',
  ],
  ['a start that ends by itself is joined', (c) => c.isOneshot || !c.isEndless, 'start'],
  ['a start that may hang for ever is begun anew', () => true, 'restart'],
];

describe('systemctl', () => {
  for (const [index, [title, , verb]] of LINES.entries()) {
    test(`${verb}: ${title}`, () => {
      const cases = ALL.filter((each) => LINES.findIndex(([, when]) => when(each)) === index);
      assert.ok(cases.length > 0, 'a line that decides nothing');
      for (const each of cases) {
        for (const sub of SUBS[each.state] ?? []) {
          const unit = {
            active: each.state === 'restarting' ? 'activating' : each.state,
            sub,
            type: each.isOneshot ? 'oneshot' : 'notify',
            startLimitMs: each.isEndless ? Number.POSITIVE_INFINITY : 90_000,
            refusesManualStop: each.refuses,
            hasJob: each.hasJob,
          };
          assert.equal(verbFor(unit, each.isFollowUp), verb, JSON.stringify({ ...each, sub }));
        }
      }
    });
  }
});
