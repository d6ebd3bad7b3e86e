import { follow } from '../control/follow.ts';
import type { RestartsReport } from '../control/reports.ts';
import { isRestartsReport } from '../control/shapes.ts';
import { oneLine } from '../log/escape.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { historyLines } from './history_lines.ts';
import { namesKnownTo } from './known_names.ts';
import { tellNotRunning } from './not_running.ts';
import { complain, say } from './output.ts';
import { readPlaces } from './read_settings.ts';
import { resolveNames } from './resolve_names.ts';
import { restartWords } from './restart_words.ts';
import { screen } from './screen.ts';

/** Has the running service restart processes now, and shows what comes of it. */
export async function restart(values: OptionValues, words: readonly string[]): Promise<number> {
  const { places, settings } = readPlaces(values);
  const socket = places.control_socket;
  const known = await namesKnownTo(socket);
  if (!known) {
    tellNotRunning(socket);
    return settings ? EXIT.failed : EXIT.configuration;
  }
  const isKnown = (name: string) => known.has(name) || settings?.processes.has(name) === true;
  const { names, problems, warnings } = await resolveNames(words, settings, isKnown);
  complain(...warnings, ...problems);
  if (problems.length > 0) {
    complain('nothing is restarted; to add a process: monitor_service alarm set NAME --create');
    return EXIT.failed;
  }
  const progress = new Progress();
  const question = { method: 'POST', path: '/restarts', body: { names } } as const;
  const report = await follow(socket, question, isRestartsReport, (now) => progress.tell(now));
  if (!report) {
    tellNotRunning(socket);
    return EXIT.failed;
  }
  const areVerified = report.restarts.every(({ outcome }) => outcome === 'verified');
  return areVerified ? EXIT.done : EXIT.failed;
}

/** Shows what is new: an attempt once it has ended, and the end. */
class Progress {
  readonly #told = new Map<string, number>();
  readonly #over = new Set<string>();

  async tell({ restarts }: RestartsReport): Promise<void> {
    const view = screen();
    for (const report of restarts) {
      const { name, state, attempts } = report;
      const ended = attempts.filter(({ outcome }) => outcome !== 'running');
      const before = this.#told.get(name) ?? 0;
      this.#told.set(name, ended.length);
      const lines = ended
        .slice(before)
        .flatMap((attempt) => historyLines({ name, ...attempt }, view));
      if (state === 'done' && !this.#over.has(name)) {
        this.#over.add(name);
        lines.push(oneLine(restartWords(report)));
      }
      await say(lines.map((line) => `${line}\n`).join(''));
    }
  }
}
