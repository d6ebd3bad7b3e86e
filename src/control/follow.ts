import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Question } from './client.ts';
import { isTicket } from './shapes.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

/**
 * Begins something that takes longer than a connection may, and asks how far it is until it is done. Undefined: no
 * service listens there. @throws with what an operator can act on
 */
export async function follow<T extends { readonly done: boolean }>(
  socketPath: string,
  question: Question,
  isReport: (content: unknown) => content is T,
  onReport: (report: T) => Promise<void> = async () => {},
): Promise<T | undefined> {
  const begun = await ask(socketPath, question, isTicket);
  if (!begun) {
    return undefined;
  }
  const path = `/tickets?ticket=${encodeURIComponent(begun.ticket)}`;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const report = await ask(socketPath, { method: 'GET', path }, isReport);
    if (!report) {
      throw new Error(
        'the service ended meanwhile; what came of it: monitor_service history, or journalctl -u monitor_service',
      );
    }
    await onReport(report);
    if (report.done) {
      return report;
    }
    await sleep(pauseMs);
  }
}
