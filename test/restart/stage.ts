import { settingsOf } from '../../src/configuration/settings.ts';
import type { Attempt, AttemptEnd } from '../../src/restart/attempts.ts';
import { RecipeBook } from '../../src/restart/recipe_book.ts';
import { SharedRestarts } from '../../src/restart/shared_restarts.ts';
import type { RestartContext, Target } from '../../src/restart/target.ts';
import { RecordingLog, settingsWith } from '../monitor/fakes.ts';
import { LeapingClock } from '../system/fake_clock.ts';

/** An attempt, and how it ended once it has. */
export interface Recorded extends Attempt {
  process?: string;
  outcome?: AttemptEnd['outcome'];
  durationMs?: number;
  reason?: string;
  output?: string;
}

/** What a restart is made with, all of it recorded; pauses between attempts take no time. */
export function restartStage(secrets: string[] = []) {
  const log = new RecordingLog();
  const records: Recorded[] = [];
  const clock = new LeapingClock();
  const stopping = new AbortController();
  const ending = new AbortController();
  const context: RestartContext = {
    log,
    clock,
    recipes: new RecipeBook(),
    shared: new SharedRestarts(),
    recorder: {
      begin(attempt) {
        const record: Recorded = { ...attempt };
        records.push(record);
        return {
          running: (process) => void Object.assign(record, { process }),
          end: (end) => void Object.assign(record, end),
        };
      },
    },
    stopping: stopping.signal,
    ending: ending.signal,
    secrets: () => secrets,
  };
  return { log, records, clock, context, stopping, ending };
}

/** A process with the default settings, apart from the keys given. */
export function targetOf(name: string, keys: Record<string, unknown> = {}): Target {
  const quick = { health_check_timeout: 1, health_check_stable_time: 0, stop_timeout: 2 };
  return { name, settings: settingsOf(settingsWith({}, { [name]: { ...quick, ...keys } }), name) };
}
