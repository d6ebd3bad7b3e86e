/**
 * The long run (`npm run test:faults`): everything that could take the service down is tried, and a table says
 * what was done, how often, and what was lost by it. Two trials run beside each other, each in a process of its
 * own. Names on the command line choose trials; `--seed N` tries what a run with that seed tried, `--rounds N` so
 * many of each.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from '../support/binary.ts';
import { asProgram, readCommandLine, WrongUse } from '../support/command_line.ts';
import { dataTemplate } from '../support/mariadb.ts';
import { install, MARIADB } from '../support/packages.ts';
import { repository } from '../support/repository.ts';
import { inLanes } from './lanes.ts';
import { isGood, tableOf, type Verdict } from './table.ts';
import type { Trial } from './trial.ts';
import type { Report } from './trial_process.ts';
import { TRIALS } from './trials.ts';

const AT_ONCE = 2;
const running = new Set<ChildProcess>();

for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => interrupt(name));
}
await asProgram('test:faults', main);

async function main(): Promise<void> {
  const { names, numbers } = readCommandLine(process.argv.slice(2), { seed: 0, rounds: 1 });
  const { seed = Date.now() % 1_000_000_000, rounds } = numbers;
  const trials = chosen(names);
  await build();
  await install([MARIADB]);
  await dataTemplate();
  for (const trial of trials) {
    await trial.prepare?.();
  }
  console.log(`seed ${seed}`);
  const start = performance.now();
  const verdicts = await inLanes(trials, AT_ONCE, (trial) => tryOne(trial, seed, rounds));
  console.log(tableOf(verdicts));
  console.log(`${verdicts.length} trials in ${minutes(start)}, seed ${seed}`);
  process.exitCode = isGood(verdicts) ? 0 : 1;
}

function chosen(names: readonly string[]): readonly Trial[] {
  const unknown = names.filter((name) => !TRIALS.some((trial) => trial.name === name));
  if (unknown.length > 0) {
    const known = TRIALS.map(({ name }) => name).join(', ');
    throw new WrongUse(`no such trial: ${unknown.join(', ')}; there are ${known}`);
  }
  return names.length === 0 ? TRIALS : TRIALS.filter(({ name }) => names.includes(name));
}

async function tryOne({ name, title }: Trial, seed: number, rounds?: number): Promise<Verdict> {
  const start = performance.now();
  const { report, said } = await inProcess(name, String(seed), String(rounds ?? ''));
  const failure = report === undefined ? 'it ended without a word' : report.failure;
  const verdict = failure === undefined ? 'done' : 'FAILED';
  console.log(
    `${name}: ${title}\n${said}${failure ?? ''}${name}: ${verdict} in ${minutes(start)}\n`,
  );
  return { name, rows: report?.rows ?? [], failure };
}

/** What a trial reports, if it comes to that, and what it has said. */
async function inProcess(...args: string[]): Promise<{ report: Report | undefined; said: string }> {
  const program = join(repository, 'test/faults/trial_process.ts');
  const child = fork(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  running.add(child);
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const reports: Report[] = [];
  child.on('message', (message) => reports.push(message as Report));
  await once(child, 'close');
  running.delete(child);
  return { report: reports[0], said: said.join('') };
}

function minutes(start: number): string {
  const seconds = Math.round((performance.now() - start) / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function interrupt(name: NodeJS.Signals): void {
  for (const child of running) {
    child.kill(name);
  }
  process.exitCode = 1;
}
