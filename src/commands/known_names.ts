import { ask } from '../control/client.ts';
import { isStatusReport } from '../control/shapes.ts';

/** The processes that the running service knows, so that the table need not be asked. Undefined: it does not run. */
export async function namesKnownTo(socket: string): Promise<ReadonlySet<string> | undefined> {
  const report = await ask(socket, { method: 'GET', path: '/status' }, isStatusReport);
  return report && new Set(report.processes.map(({ name }) => name));
}
