/** The clock jumps, and the service stands still. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { install } from '../../support/packages.ts';
import { pick, type Random } from '../../support/random.ts';
import { waitFor } from '../../support/wait.ts';
import { type Kind, lacksNothing } from './kind.ts';
import { Survivor } from './survivor.ts';

const LIBRARIES = ['x86_64-linux-gnu', 'aarch64-linux-gnu', ''].map(
  (folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`,
);
const DAY_S = 24 * 3600;
const RESET_S = 3;
const INTERVAL_MS = 1000;
/** A busy machine may be late, as it may be in waking this process. */
const LATE_MS = 1500;

export const clockJumps: Kind = {
  what: 'clock set back or forth, by up to a day, while a breaker is open',
  quick: 2,
  long: 30,
  async lacks() {
    await install([{ program: 'faketime', apt: 'faketime' }]);
    return library() === undefined ? 'needs libfaketime' : undefined;
  },
  run: ({ times, random }) =>
    Survivor.with(async (survivor) => {
      const { space } = survivor.stage;
      const [fixed, clock] = [space.path('fixed'), space.path('clock')];
      survivor.configure({
        monitor: { max_restart_failures: 1, circuit_reset_time: RESET_S },
        processes: {
          broken: { restart_command: `test -e ${fixed} && echo %s >> ${space.path('restarted')}` },
        },
      });
      setClock(clock, 0);
      await survivor.start({ env: fakedBy(clock) });
      for (let round = 0; round < times; round++) {
        rmSync(fixed, { force: true });
        await jump(survivor, random, (shift) => {
          setClock(clock, shift);
          writeFileSync(fixed, '');
        });
        await survivor.unharmed();
      }
      const logs = readdirSync(space.path()).filter((name) => name.includes('.log'));
      assert.deepEqual(logs, ['monitor_service.log'], 'a moved clock rotates nothing');
    }),
};

/** A breaker opens, the clock is moved and the cause mended, and the breaker lets one restart in when it is due. */
async function jump(
  survivor: Survivor,
  random: Random,
  move: (shiftS: number) => void,
): Promise<void> {
  const { service } = survivor;
  const after = service.log().length;
  survivor.raiseAgain('broken');
  const opened = await service.waitForLog('breaker opened for broken', { after });
  const begin = performance.now();
  await sleep(random(RESET_S * 1000));
  const shift = pick(random, [-DAY_S, DAY_S, random(2 * DAY_S) - DAY_S]);
  move(shift);
  survivor.raise(1);
  await service.waitForLog('breaker half-open for broken', { after: opened });
  assertJust(performance.now() - begin, RESET_S * 1000);
  await survivor.healed();
  assertTime(survivor.notesOf('broken').slice(-19), shift);
  const lines = service.log().trimEnd().split('\n');
  assertTime(lines.at(-1)?.slice(0, 19) ?? '', shift);
  const held =
    service
      .log()
      .slice(opened)
      .match(/breaker open for broken/g) ?? [];
  assert.ok(Math.abs(held.length - RESET_S) <= 2, `${held.length} checks in ${RESET_S} s`);
}

/** An environment in which the time of day is what a file says, and nothing else is moved. */
function fakedBy(clock: string): Record<string, string> {
  return {
    LD_PRELOAD: library() ?? '',
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}

export const standsStill: Kind = {
  what: 'stopped (SIGSTOP) for several intervals, and continued: no burst of checks',
  quick: 1,
  long: 15,
  lacks: lacksNothing,
  run: ({ times, random }) =>
    Survivor.with(async (survivor) => {
      survivor.configure();
      await survivor.start();
      for (let round = 0; round < times; round++) {
        survivor.service.signal('SIGSTOP');
        const before = checks(survivor);
        const isAlarming = random(2) === 0;
        if (isAlarming) {
          survivor.raise(1 + random(10));
        }
        await sleep((3 + random(4)) * INTERVAL_MS);
        assert.ok(checks(survivor) - before <= 1, 'it stood still');
        const continued = performance.now();
        survivor.service.signal('SIGCONT');
        if (!isAlarming) {
          await waitFor('the next checks', () => checks(survivor) >= before + 3);
          const tookMs = performance.now() - continued;
          assert.ok(tookMs > INTERVAL_MS, `three checks in ${tookMs} ms`);
        }
        await survivor.healed();
        await survivor.unharmed();
      }
    }),
};

function checks(survivor: Survivor): number {
  return survivor.service.log().match(/Database check: /g)?.length ?? 0;
}

function library(): string | undefined {
  return LIBRARIES.find((file) => existsSync(file));
}

/** In one step: half of a file is another time. */
function setClock(file: string, shiftS: number): void {
  writeFileSync(`${file}.new`, `${shiftS < 0 ? '' : '+'}${shiftS}\n`);
  renameSync(`${file}.new`, file);
}

function assertJust(tookMs: number, expectedMs: number): void {
  const isJust = tookMs >= expectedMs - 100 && tookMs <= expectedMs + INTERVAL_MS + LATE_MS;
  assert.ok(isJust, `the breaker was open for ${Math.round(tookMs)} ms`);
}

/** A local time of about now, so many seconds shifted. */
function assertTime(text: string, shiftS: number): void {
  const offMs = Math.abs(new Date(text.replace(' ', 'T')).getTime() - Date.now() - shiftS * 1000);
  assert.ok(offMs < 10_000, `${text} is no time of ${shiftS} s from now`);
}
