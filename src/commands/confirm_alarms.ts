import { allProcesses, type Processes } from '../alarms/processes.ts';
import { counted } from '../system/counted.ts';
import type { Dialogue } from './dialogue.ts';

/** What is said where the answer is not yes. */
export const NOTHING_CHANGED = 'Nothing changed.';

/** Asks a person before every process is restarted, as a wrong word would restart the whole host. A script is not asked. */
export async function isMeant(dialogue: Dialogue, processes: Processes): Promise<boolean> {
  if (!dialogue.isTerminal) {
    return true;
  }
  const rows = await Array.fromAsync(allProcesses(processes));
  const calm = rows.filter(({ hasStatus, isInAlarm }) => hasStatus && !isInAlarm).length;
  const answer = await dialogue.ask(
    `The service restarts every one of them. Set ${counted(calm, 'alarm')}? (y/N) `,
  );
  return /^y(?:es)?$/i.test(answer ?? '');
}
