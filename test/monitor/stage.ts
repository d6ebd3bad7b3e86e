import type { Breaker } from '../../src/breaker/breaker.ts';
import { Breakers } from '../../src/breaker/breakers.ts';
import type { Alarm, AlarmStore } from '../../src/monitor/alarm_store.ts';
import type { Healer } from '../../src/monitor/healing.ts';
import { Monitor, type Restarting } from '../../src/monitor/monitor.ts';
import { Overview } from '../../src/monitor/overview.ts';
import type { Outcome } from '../../src/restart/target.ts';
import { RecordingLog, settingsWith, strict } from './fakes.ts';

export const NOW = new Date(2025, 0, 31, 12, 0, 0);

/** What the world around the monitor is like; a test changes it as it goes. */
export interface World {
  alarms: readonly Alarm[] | Error;
  /** How the next restarts end, by name; a name that is missing must not be restarted. */
  outcomes: Record<string, Outcome | 'rehearsed' | Error>;
  /** False: pre_restart_command fails before anything is restarted. */
  isRestarted: boolean;
  /** Whether a process that was healed before is healthy; undefined: nobody may ask. */
  isHealthy?: boolean;
  /** What clearing an alarm gives, by id; true where an id is missing. */
  clears: Record<string, boolean | Error>;
  settings: ReturnType<typeof settingsWith>;
  nowMs: number;
}

interface StageOptions {
  breakers?: [string, Breaker][];
  healed?: [string, string][];
}

/** A monitor in a world of fakes; `calls` are what it did to it. */
export function stage(changes: Partial<World>, options: StageOptions = {}) {
  const world: World = {
    alarms: [],
    outcomes: {},
    clears: {},
    isRestarted: true,
    settings: settingsWith({ max_restart_failures: 2, circuit_reset_time: 60 }),
    nowMs: 0,
    ...changes,
  };
  const log = new RecordingLog();
  const calls: string[] = [];
  const saved = {
    loadBreakers: () => options.breakers ?? [],
    saveBreaker: () => {},
    loadRestarts: () => [],
    saveRestarts: () => {},
    forgetBreakers: () => {},
    loadHealed: () => options.healed ?? [],
    rememberHealed: (id: string) => void calls.push(`remember ${id}`),
    forgetHealed: (id: string) => void calls.push(`forget ${id}`),
  };
  const healer: Healer = {
    async restart({ name }, attempts, { onRestart }) {
      calls.push(`restart ${name}, at most ${attempts} times`);
      if (world.isRestarted) {
        onRestart?.();
      }
      return given(world.outcomes[name] ?? new Error(`unexpected restart of ${name}`));
    },
    async isHealthy({ name }) {
      calls.push(`check ${name}`);
      return given<boolean>(world.isHealthy ?? new Error(`unexpected check of ${name}`));
    },
  };
  const store = strict<AlarmStore>('store', {
    findAlarms: async () => given(world.alarms),
    clearAlarm: async ({ id }, at) => {
      calls.push(at === NOW ? `clear ${id}` : `clear ${id} at ${at}`);
      return given(world.clears[id] ?? true);
    },
  });
  const stopping = new AbortController();
  const breakers = new Breakers(saved, () => world.nowMs);
  const overview = new Overview(() => world.nowMs);
  const monitor = new Monitor({
    log,
    overview,
    breakers,
    healed: saved,
    healer,
    settings: () => world.settings,
    store: () => store,
    now: () => NOW,
    nowMs: () => world.nowMs,
    stopping: stopping.signal,
  });
  /** A check and all its restarts; gives what was logged meanwhile. */
  const check = async (): Promise<string[]> => {
    const { restarts } = await monitor.check(' (next try in 300 seconds)');
    await Promise.all(restarts.map(({ ended }) => ended));
    return log.take();
  };
  const takeCalls = () => calls.splice(0);
  return { world, monitor, overview, breakers, healer, log, stopping, check, calls, takeCalls };
}

/** Of each restart whether it left no alarm, once all have ended. */
export function areCleared(restarts: readonly Restarting[]): Promise<boolean[]> {
  return Promise.all(restarts.map(async ({ ended }) => (await ended).left === 0));
}

function given<T>(value: T | Error): T {
  if (value instanceof Error) {
    throw value;
  }
  return value;
}
