import type { Log } from '../log/logger.ts';
import { copiedDatabase } from '../state/copied_database.ts';
import { KeptDatabase } from '../state/kept_database.ts';
import { State } from '../state/state.ts';
import { bootId } from '../system/clock.ts';
import { identityOf, livePid } from '../system/identity.ts';
import { endGroup } from '../system/process_group.ts';

/**
 * Opens the state in its directory; what is wrong with it is logged, and the service works all the same. In a dry run
 * nothing of it is touched.
 */
export function openState(directory: string, log: Log, isDryRun: boolean): State {
  const onTrouble = (message: string) => log.error(message, { event: 'state_failed' });
  const database = isDryRun ? copiedDatabase(directory) : new KeptDatabase(directory, onTrouble);
  return new State(database, {
    bootId: bootId(),
    service: identityOf(process.pid),
    now: () => new Date(),
    onTrouble,
  });
}

/**
 * What a service that died left running is ended before its restart is made again: two restarts of one
 * process at the same time could leave two copies of it.
 */
export async function endInterrupted(state: State, log: Log): Promise<void> {
  const interrupted = state.takeInterrupted((service) => livePid(service) !== undefined);
  for (const { name, command } of interrupted) {
    log.warning(`Restart of ${name} was interrupted when the service ended: ${command}`, {
      event: 'restart_interrupted',
      process: name,
    });
  }
  const groups = interrupted.map(({ commandProcess = '' }) => livePid(commandProcess));
  await Promise.all(groups.filter((group) => group !== undefined).map(endGroup));
}
