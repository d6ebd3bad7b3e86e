import { ask, checkNow as tellToCheck } from '../control/client.ts';
import { follow } from '../control/follow.ts';
import type { CheckReport, StatusReport } from '../control/reports.ts';
import { isCheckReport, isStatusReport } from '../control/shapes.ts';
import { oneLine } from '../log/escape.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { tellNotRunning } from './not_running.ts';
import { complain, say } from './output.ts';
import { stateSentence } from './process_details.ts';
import { readPlaces } from './read_settings.ts';
import { restartWords } from './restart_words.ts';

/** Tells the running service to check now; with `--wait` also what came of it. */
export async function checkNow(values: OptionValues): Promise<number> {
  const { places, settings } = readPlaces(values);
  const socket = places.control_socket;
  const ended = await (values.wait ? waitForCheck(socket) : tell(socket));
  if (ended === undefined) {
    tellNotRunning(socket);
    return settings ? EXIT.failed : EXIT.configuration;
  }
  return ended;
}

/** Resolves to the exit status; undefined: no service listens. */
async function tell(socket: string): Promise<number | undefined> {
  if (!(await tellToCheck(socket))) {
    return undefined;
  }
  await say('The service checks now. What it finds: monitor_service status\n');
  return EXIT.done;
}

async function waitForCheck(socket: string): Promise<number | undefined> {
  const check = await follow(socket, { method: 'POST', path: '/checks' }, isCheckReport);
  const after = check && (await ask(socket, { method: 'GET', path: '/status' }, isStatusReport));
  if (!check || !after) {
    return undefined;
  }
  if (!check.read) {
    complain(`the database could not be read: ${after.database.reason}`);
    return EXIT.failed;
  }
  const lines = resultLines(check, after);
  await say(lines.map((line) => `${oneLine(line)}\n`).join(''));
  return after.alarms === 0 ? EXIT.done : EXIT.failed;
}

function resultLines({ restarts }: CheckReport, after: StatusReport): string[] {
  const restarted = new Set(restarts.map(({ name }) => name));
  const left = after.processes.filter(({ name, alarms }) => alarms > 0 && !restarted.has(name));
  const { alarms, ids } = after.without_process;
  const lines = [
    ...restarts.map(restartWords),
    ...left.map((process) => `${process.name}: ${stateSentence({ ...process, ids: null })}`),
    ...(alarms === 0
      ? []
      : [
          `in alarm without a name in PROCESE: ID ${ids.join(', ')}${alarms > ids.length ? ', …' : ''}`,
        ]),
  ];
  return lines.length > 0 ? lines : ['No process is in alarm.'];
}
