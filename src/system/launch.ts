import { basename } from 'node:path';
import { changeOfUser } from './change_of_user.ts';
import { type Child, type Exit, endOf, exitWords, startChild } from './child.ts';
import { runProgram } from './command.ts';
import { type OutputTail, tailOf } from './output_tail.ts';
import { ownGroups } from './own_groups.ts';
import { statOf } from './proc.ts';
import type { Recipe } from './recipe.ts';
import { preparation, takeover } from './start_script.ts';
import { rememberSession } from './started.ts';
import { systemdRuns } from './systemd.ts';
import { lineFor } from './told_command.ts';
import { type RunReport, readReport, transientUnit } from './transient_unit.ts';
import { within } from './within.ts';

/** How long the preparations may take: systemd's answer, the change of user. */
const PREPARATION_MS = 10_000;
/** A program that can't run ends within this time of its start. */
const START_WINDOW_MS = 100;
/** How long systemd may take to tell how a program ended, or to end one. */
const ANSWER_MS = 2000;
const KEPT_LINES = 20;

/**
 * Starts a process that outlives this service, in a session of its own and with none of our files open.
 * Where systemd runs, PID 1 starts it, as a service of its own: out of our cgroup, free of what confines our
 * unit, with its output in the journal under the name given. It is known again as `startedFor` this process of
 * the table. Resolves to undefined once it runs (or ended well, as a daemon's first process does), else to the
 * reason why not.
 */
export async function launch(
  recipe: Recipe,
  name = basename(recipe.argv[0] ?? ''),
  startedFor = name,
): Promise<string | undefined> {
  const transient = systemdRuns() ? transientUnit(name, startedFor) : undefined;
  let scripts: readonly string[];
  let starter: Child;
  try {
    scripts = scriptsFor(recipe, name);
    starter = await startChild([
      ...(transient?.command ?? []),
      ...changeOfUser(recipe),
      ...['/bin/sh', '-s'],
    ]);
  } catch (error) {
    return (error as Error).message;
  }
  const errors = tailOf(starter.stderr);
  const ended = endOf(starter);
  starter.stdin.on('error', () => {}); // its end tells more
  const prepared = await prepare(starter, scripts.slice(0, -1), ended);
  ownGroups.delete(starter.pid); // from here on it is nobody's but its own
  try {
    if (prepared === undefined) {
      return await giveUp(starter, transient?.unit, readReport(errors.lastLines(KEPT_LINES)));
    }
    if (transient === undefined && typeof prepared === 'number') {
      rememberSession(startedFor, prepared);
    }
    const ending =
      typeof prepared === 'number'
        ? await takeOver(starter, prepared, scripts.at(-1) ?? '', ended)
        : prepared;
    return ending && whyNot(ending, errors, name);
  } finally {
    letGo(starter, transient !== undefined);
  }
}

/** What the starter is sent one after the other, each when the one before was answered: a shell may read ahead. */
function scriptsFor(recipe: Recipe, name: string): string[] {
  const { commandLine } = recipe;
  return [
    preparation(recipe),
    takeover(name, recipe),
    ...(commandLine === undefined ? [] : [lineFor(commandLine)]),
  ];
}

/** Resolves to its pid, which is its first answer, or how it ended; undefined where it does not answer. */
async function prepare(
  starter: Child,
  scripts: readonly string[],
  ended: Promise<Exit>,
): Promise<number | Exit | undefined> {
  let pid: number | undefined;
  for (const script of scripts) {
    const answered = answerOf(starter);
    starter.stdin.write(script);
    const answer = await within(Promise.race([answered, ended]), PREPARATION_MS);
    if (typeof answer?.value !== 'string') {
      return answer?.value;
    }
    pid ??= Number(answer.value);
  }
  return pid;
}

function answerOf({ stdout }: Child): Promise<string> {
  return new Promise((resolve) => {
    stdout.once('data', (answer: Buffer) => resolve(answer.toString()));
  });
}

/** Lets the shell become the program. Undefined: it runs. */
async function takeOver(
  { stdin }: Child,
  pid: number,
  script: string,
  ended: Promise<Exit>,
): Promise<Exit | undefined> {
  stdin.end(script);
  const atOnce = await within(ended, START_WINDOW_MS);
  const isRunning = statOf(pid)?.isZombie === false;
  // Ended, which systemd may tell a little later.
  const ending = atOnce ?? (isRunning ? undefined : await within(ended, ANSWER_MS));
  return ending?.value;
}

/** Unanswered, the shell starts nothing, however late systemd may start it. */
async function giveUp(
  starter: Child,
  unit: string | undefined,
  { hasBegun }: RunReport,
): Promise<string> {
  starter.stdin.destroy();
  starter.kill('SIGKILL');
  if (unit === undefined) {
    return 'preparations hang';
  }
  const args = ['kill', '--signal=SIGKILL', '--', unit];
  await runProgram('systemctl', args, { timeoutMs: ANSWER_MS, leftovers: 'end' });
  return hasBegun ? 'preparations hang' : startedTooLate(PREPARATION_MS);
}

/** The words for a systemd that hangs. */
export function startedTooLate(afterMs: number): string {
  return `systemd did not start it within ${afterMs / 1000} seconds`;
}

/** systemd-run would wait for the program's end. Killed, it has no time to take the program with it. */
function letGo(starter: Child, isSystemdRun: boolean): void {
  if (isSystemdRun) {
    starter.kill('SIGKILL');
  }
  starter.stdout.destroy();
  starter.stderr.destroy();
  starter.unref();
}

function whyNot(ending: Exit, errors: OutputTail, name: string): string | undefined {
  const report = readReport(errors.lastLines(KEPT_LINES));
  const signal = ending.signal ?? report.signal ?? null;
  if (ending.code === 0 && signal === null) {
    return undefined;
  }
  return `${exitWords({ ...ending, signal })}${whatItSaid(report.others, name)}`;
}

/** Of the preparations here; of the program itself in the journal, where there is one. */
function whatItSaid(lines: readonly string[], name: string): string {
  const line = lines.at(-1);
  if (line !== undefined) {
    return `: ${line}`;
  }
  return systemdRuns() ? `; journalctl -t ${name} has what it printed` : '';
}
