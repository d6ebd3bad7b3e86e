import { quoted } from '../configuration/problem.ts';
import type { Settings } from '../configuration/settings.ts';
import { follow } from '../control/follow.ts';
import type { ExaminationReport } from '../control/reports.ts';
import { isExaminationsReport } from '../control/shapes.ts';
import { escapeJson } from '../log/escape.ts';
import { refusalOf } from '../monitor/process_name.ts';
import { examinationsHere } from '../service/examinations.ts';
import { killRunningCommands } from '../system/command.ts';
import { checkLines } from './check_lines.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { namesKnownTo } from './known_names.ts';
import { complain, say } from './output.ts';
import { readPlaces } from './read_settings.ts';
import { resolveNames } from './resolve_names.ts';
import { screen } from './screen.ts';

/** Runs health checks now, in the running service if there is one, and tells what they found. */
export async function check(values: OptionValues, words: readonly string[]): Promise<number> {
  const { places, settings } = readPlaces(values);
  const socket = places.control_socket;
  const known = await namesKnownTo(socket);
  const isKnown = (name: string) => known?.has(name) || settings?.processes.has(name) === true;
  if (!known && !settings) {
    return EXIT.configuration;
  }
  const { names, problems, warnings } = await resolveNames(words, settings, isKnown);
  complain(...warnings, ...problems);
  if (names.length === 0) {
    return EXIT.failed;
  }
  const question = { method: 'POST', path: '/examinations', body: { names } } as const;
  const report = known && (await follow(socket, question, isExaminationsReport));
  const found = report?.checks ?? (settings ? await checkHere(names, settings) : []);
  const checks = names.flatMap((name) => found.find((one) => one.name === name) ?? []);
  await (values.json ? printJson(checks) : printText(checks));
  const areHealthy = checks.length === names.length && checks.every(({ healthy }) => healthy);
  return problems.length === 0 && areHealthy ? EXIT.done : EXIT.failed;
}

/** Without a service. @throws if a name may not be put into a command */
async function checkHere(
  names: readonly string[],
  settings: Settings,
): Promise<ExaminationReport[]> {
  for (const name of names) {
    const reason = refusalOf(name);
    if (reason !== undefined) {
      throw new Error(`${quoted(name)} is refused: ${reason}`);
    }
  }
  complain('the service is not running; checked by this command');
  endCommandsWithThis();
  const examinations = examinationsHere(settings);
  const reports = await Promise.all(names.map((name) => examinations.run(name)));
  return reports.filter((report) => report !== undefined);
}

/** They have process groups of their own, which Ctrl-C does not reach. */
function endCommandsWithThis(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      killRunningCommands();
      process.kill(process.pid, signal);
    });
  }
}

async function printText(checks: readonly ExaminationReport[]): Promise<void> {
  const view = screen();
  const lines = checks.flatMap((report) => checkLines(report, view));
  await say(lines.map((line) => `${line}\n`).join(''));
}

async function printJson(checks: readonly ExaminationReport[]): Promise<void> {
  const lines = checks.map((report) => escapeJson(JSON.stringify(report)));
  await say(`{"checks":[\n${lines.join(',\n')}\n]}\n`);
}
