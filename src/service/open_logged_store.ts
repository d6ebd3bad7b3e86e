import { openStore } from '../alarms/open_store.ts';
import type { Statement } from '../alarms/statement.ts';
import type { DatabaseSettings } from '../configuration/keys.ts';
import { maskSecrets } from '../configuration/mask.ts';
import type { Log } from '../log/logger.ts';
import type { AlarmStore } from '../monitor/alarm_store.ts';

export interface Logged {
  readonly log: Log;
  /** Nothing may be written. */
  readonly isDryRun: boolean;
}

/** The store, with each statement and its time in the log for whoever looks closer. */
export function openLoggedStore(
  settings: DatabaseSettings,
  { log, isDryRun }: Logged,
): Promise<AlarmStore> {
  const onStatement = ({ sql, outcome, durationMs }: Statement) =>
    log.debug(
      () => {
        const how = maskSecrets(outcome, settings.password);
        return `Statement: ${sql} (${how}, ${Math.round(durationMs)} ms)`;
      },
      { event: 'statement_done' },
    );
  return openStore(settings, { onStatement, isReadOnly: isDryRun });
}
