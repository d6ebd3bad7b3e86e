import { ask } from '../control/client.ts';
import type { ResetReport } from '../control/reports.ts';
import { escapeText } from '../log/escape.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { tellNotRunning } from './not_running.ts';
import { readSettings } from './read_settings.ts';

/** Closes breakers in the running service, which alone knows them; says what that changed. */
export async function breakerReset(
  values: OptionValues,
  names: readonly string[],
): Promise<number> {
  const settings = readSettings(values);
  if (!settings) {
    return EXIT.configuration;
  }
  const asked = values.all ? { all: true } : { names };
  const socket = settings.monitor.control_socket;
  const report = (await ask(socket, 'POST', '/breakers/reset', asked)) as ResetReport | undefined;
  if (!report) {
    tellNotRunning();
    return EXIT.failed;
  }
  tell(report);
  return report.unknown.length === 0 ? EXIT.done : EXIT.failed;
}

function tell({ closed, forgotten, unchanged, unknown }: ResetReport): void {
  const lines = [
    ...closed.map((name) => `${name}: breaker closed`),
    ...forgotten.map((name) => `${name}: failures forgotten; its breaker was closed`),
    ...unchanged.map(
      (name) => `${name}: nothing to reset; its breaker is closed, without failures`,
    ),
  ];
  const isNothing = lines.length === 0 && unknown.length === 0;
  process.stdout.write(block(isNothing ? ['No breaker is open, and none has failures.'] : lines));
  if (closed.length > 0) {
    process.stdout.write(
      'The next check restarts what is in alarm. At once: monitor_service check-now\n',
    );
  }
  process.stderr.write(block(unknown.map((each) => `monitor_service: ${unknownLine(each)}`)));
}

function unknownLine({ name, nearest }: ResetReport['unknown'][number]): string {
  const hint = nearest === null ? '' : `; did you mean ${nearest}?`;
  return `nothing is known of ${name}: no alarm, no failure, no restart${hint}`;
}

function block(lines: readonly string[]): string {
  return lines.map((line) => `${escapeText(line)}\n`).join('');
}
