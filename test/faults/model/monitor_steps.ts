import { pick, type Random } from '../../support/random.ts';
import type { Ending, Limits, MonitorWorld } from './monitor_world.ts';

/** What happens to a service in its life. Rows and restarts are by number, of those that there are then. */
export type Step =
  | { do: 'raise'; row: number }
  | { do: 'clear by hand'; row: number }
  | { do: 'check' }
  | { do: 'end a restart'; which: number; ending: Ending }
  | { do: 'database'; is: MonitorWorld['database'] }
  | { do: 'health'; row: number; isHealthy: boolean }
  | { do: 'wait'; ms: number }
  | { do: 'set the time of day'; byMs: number }
  | { do: 'reload'; limits: Limits }
  | { do: 'reset'; row: number }
  | { do: 'reset all' }
  | { do: 'kill the service' }
  | { do: 'stop the service' }
  | { do: 'reboot'; upMs: number };

/** The names of the rows: two rows are of one process, one is refused, one has no process. */
export const NAMES = ['nginx', 'nginx', 'sshd', 'cron', 'toString', 'poweroff', undefined] as const;

const DAY_MS = 86_400_000;
const WAITS = [1, 999, 1000, 30_000, 60_000, 60_001, DAY_MS];
const ENDINGS: Ending[] = [
  'failed',
  'failed',
  'failed',
  'verified',
  'interrupted',
  'rehearsed',
  'error',
];

export function randomLimits(random: Random): Limits {
  return {
    max_restart_failures: 1 + random(3),
    circuit_reset_time: pick(random, [1, 60]),
    max_parallel_restarts: 1 + random(3),
  };
}

export function randomStep(random: Random): Step {
  const row = random(NAMES.length);
  switch (random(24)) {
    case 0:
      return { do: 'clear by hand', row };
    case 1:
      return { do: 'database', is: pick(random, ['up', 'up', 'up', 'down', 'read-only']) };
    case 2:
      return { do: 'health', row, isHealthy: random(2) === 0 };
    case 3:
    case 4:
      return { do: 'wait', ms: pick(random, WAITS) };
    case 5:
      return { do: 'set the time of day', byMs: pick(random, [-1, 1]) * pick(random, WAITS) };
    case 6:
      return { do: 'reload', limits: randomLimits(random) };
    case 7:
      return random(3) === 0 ? { do: 'reset all' } : { do: 'reset', row };
    case 8:
      return { do: pick(random, ['kill the service', 'stop the service']) };
    case 9:
      return { do: 'reboot', upMs: pick(random, WAITS) };
    case 10:
    case 11:
    case 12:
    case 13:
      return { do: 'raise', row };
    case 14:
    case 15:
    case 16:
    case 17:
    case 18:
      return { do: 'check' };
    default:
      return { do: 'end a restart', which: random(4), ending: pick(random, ENDINGS) };
  }
}
