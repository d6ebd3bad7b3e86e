import { ask } from '../control/client.ts';
import type { ResetReport } from '../control/reports.ts';
import { isResetReport } from '../control/shapes.ts';
import { oneLine } from '../log/escape.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { tellNotRunning } from './not_running.ts';
import { complain, say } from './output.ts';
import { readPlaces } from './read_settings.ts';
import { resolveNames } from './resolve_names.ts';

/** Closes breakers in the running service, which alone knows them; says what that changed. */
export async function breakerReset(
  values: OptionValues,
  words: readonly string[],
): Promise<number> {
  const { places, settings } = readPlaces(values);
  // Which names there are, the service says.
  const { names, problems } = await resolveNames(words, settings, () => true);
  complain(...problems);
  if (problems.length > 0 && names.length === 0) {
    return settings ? EXIT.failed : EXIT.configuration;
  }
  const body = values.all ? { all: true } : { names };
  const socket = places.control_socket;
  const report = await ask(
    socket,
    { method: 'POST', path: '/breakers/reset', body },
    isResetReport,
  );
  if (!report) {
    tellNotRunning(socket);
    return settings ? EXIT.failed : EXIT.configuration;
  }
  await tell(report);
  return report.unknown.length + problems.length === 0 ? EXIT.done : EXIT.failed;
}

async function tell(report: ResetReport): Promise<void> {
  const { closed, forgotten, unchanged, unknown } = report;
  const lines = [
    ...closed.map((name) => `${name}: breaker closed`),
    ...forgotten.map((name) => `${name}: failures and restarts forgotten; its breaker was closed`),
    ...unchanged.map(
      (name) => `${name}: nothing to reset; its breaker is closed, without failures`,
    ),
  ];
  const isNothing = lines.length === 0 && unknown.length === 0;
  if (isNothing) {
    lines.push('No breaker is open, and none has failures.');
  }
  if (closed.length + forgotten.length > 0) {
    lines.push('The service checks now, and restarts what is in alarm.');
  }
  await say(lines.map((line) => `${oneLine(line)}\n`).join(''));
  complain(...unknown);
}
