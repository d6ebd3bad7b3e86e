/** Which unit is healthy: every combination of what systemd tells. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Ill, illnessOf, type UnitFacts } from '../../src/restart/unit_health.ts';

const TYPES = ['simple', 'exec', 'forking', 'oneshot', 'dbus', 'notify', 'notify-reload', 'idle'];
/** Every SubState of a service, by its ActiveState, in systemd 239 to 257. */
const SUBS: Record<string, readonly string[]> = {
  active: ['running', 'exited'],
  reloading: ['reload', 'reload-signal', 'reload-notify', 'reload-post'],
  refreshing: ['refresh-extensions', 'refresh-credentials'],
  inactive: ['dead', 'dead-before-auto-restart', 'dead-resources-pinned'],
  failed: ['failed', 'failed-before-auto-restart'],
  activating: [
    ...['condition', 'start-pre', 'start', 'start-post'],
    ...['auto-restart', 'auto-restart-queued', 'mounting'],
  ],
  deactivating: [
    ...['stop', 'stop-watchdog', 'stop-sigterm', 'stop-sigkill', 'stop-post'],
    ...['final-watchdog', 'final-sigterm', 'final-sigkill'],
  ],
  maintenance: ['cleaning'],
};
const RESULTS = [
  ...['success', 'resources', 'protocol', 'timeout', 'exit-code', 'signal', 'core-dump'],
  ...['watchdog', 'start-limit-hit', 'oom-kill', 'exec-condition'],
];
const MAINS = ['none', 'alive', 'dead'] as const;
const ENDS: UnitFacts['mainEnd'][] = [
  undefined,
  { kind: 'exited', status: 0 },
  { kind: 'exited', status: 1 },
  { kind: 'killed', signal: 15 },
];
const UNMET = [undefined, 'condition', 'assertion'] as const;

const ALL: readonly UnitFacts[] = Object.entries(SUBS).flatMap(([active, subs]) =>
  subs.flatMap((sub) =>
    TYPES.flatMap((type) =>
      RESULTS.flatMap((result) =>
        MAINS.flatMap((main) =>
          ENDS.flatMap((mainEnd) =>
            UNMET.flatMap((unmet) =>
              [true, false].map((isPopulated) => ({
                ...{ active, sub, type, result, main, mainEnd, unmet, isPopulated },
              })),
            ),
          ),
        ),
      ),
    ),
  ),
);

/** Everything a line leaves out may be anything. The first line that fits decides. */
type Line = [when: { [Key in keyof UnitFacts]?: readonly UnitFacts[Key][] }, is: Ill | undefined];
const RUNS = ['active', 'reloading', 'refreshing'];
const LINES: readonly Line[] = [
  [{ active: ['active'], sub: ['exited'] }, undefined],
  [{ active: RUNS, main: ['alive'] }, undefined],
  [{ active: RUNS, main: ['dead'] }, 'main process is dead'],
  [{ active: RUNS, main: ['none'], isPopulated: [true] }, undefined],
  [{ active: RUNS, main: ['none'], isPopulated: [false] }, 'nothing runs in it'],
  [
    {
      ...{ active: ['inactive'], sub: ['dead'], type: ['oneshot'], result: ['success'] },
      ...{ unmet: [undefined], mainEnd: ENDS.filter((end) => end?.kind !== 'killed') },
    },
    undefined,
  ],
  [{}, 'not active'],
];

function lineOf(facts: UnitFacts): number {
  return LINES.findIndex(([when]) =>
    Object.entries(when).every(([key, values]) =>
      (values as readonly unknown[]).includes(facts[key as keyof UnitFacts]),
    ),
  );
}

describe('a unit is healthy as the table says', () => {
  for (const [index, [when, is]] of LINES.entries()) {
    const words = Object.entries(when).map(([key, values]) => {
      const told = values.map((value) => (typeof value === 'object' ? value.kind : `${value}`));
      return `${key} ${told.join('|')}`;
    });
    test(`${words.join(', ') || 'all else'}: ${is ?? 'healthy'}`, () => {
      const facts = ALL.filter((each) => lineOf(each) === index);
      assert.ok(facts.length > 0, 'a line that decides nothing');
      const wrong = facts.filter((each) => illnessOf(each) !== is);
      assert.deepEqual(wrong.slice(0, 3), []);
    });
  }
});
