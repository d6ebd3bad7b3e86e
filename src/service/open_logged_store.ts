import { openStore } from '../alarms/open_store.ts';
import type { DatabaseSettings } from '../configuration/keys.ts';
import { maskSecrets } from '../configuration/mask.ts';
import type { Log } from '../log/logger.ts';
import type { AlarmStore } from '../monitor/alarm_store.ts';

/** The store, with each statement and its time in the log for whoever looks closer. */
export function openLoggedStore(settings: DatabaseSettings, log: Log): Promise<AlarmStore> {
  return openStore(settings, ({ sql, outcome, durationMs }) =>
    log.debug(
      () => {
        const how = maskSecrets(outcome, settings.password);
        return `Statement: ${sql} (${how}, ${Math.round(durationMs)} ms)`;
      },
      { event: 'statement_done' },
    ),
  );
}
