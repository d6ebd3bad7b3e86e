/**
 * Runs everything that must hold (`npm test`): the lint rules, the build with its type check, and
 * the tests, with a database server for them. Arguments are the test files to run instead of all.
 */
import { constants } from 'node:os';
import { join } from 'node:path';
import { givenServer, shareServer } from './support/address.ts';
import { noBox } from './support/box/box.ts';
import { prepareHosts } from './support/box/host.ts';
import { runTool } from './support/child.ts';
import { serverVersion } from './support/connection.ts';
import { type DatabaseServer, startMariadb } from './support/database_server.ts';
import { dataTemplate } from './support/mariadb.ts';
import { HOST_TOOLS, install, MARIADB, RIVALS } from './support/packages.ts';
import { repository } from './support/repository.ts';
import { type Outcome, runSuite } from './support/suite.ts';

const TOOL_TIMEOUT_MS = 5 * 60_000;
/** Whoever can't boot a host doesn't need what that takes. */
const needs = noBox === false ? [MARIADB, ...HOST_TOOLS, ...RIVALS] : [MARIADB];
const interruption = new AbortController();

for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => interrupt(constants.signals[name]));
}
try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode ||= 1;
}

async function main(files: string[]): Promise<void> {
  await step('lint', () =>
    tool(join(repository, 'node_modules/.bin/biome'), 'ci', '--error-on-warnings', '--colors=off'),
  );
  await step('build', () => tool(process.execPath, 'build.mjs'));
  await step('the packages that tests need', () => install(needs, interruption.signal));
  await step('the data of a database server', dataTemplate);
  // Here, so that no two test files do it at the same time.
  await (noBox || step('the RPM, and a host to install it on', prepareHosts));
  const server = await step('a database server for the tests', openServer);
  let outcome: Outcome;
  try {
    console.log('tests');
    outcome = await runSuite(files, interruption.signal);
  } finally {
    await (server && step('stopping the database server', () => server.stop()));
  }
  conclude(outcome);
}

/** Says what is being done, and afterwards how long it took. */
async function step<T>(name: string, action: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const duration = () => `(${((performance.now() - start) / 1000).toFixed(1)} s)`;
  process.stdout.write(`${name} … `);
  try {
    const value = await action();
    console.log(`done ${duration()}`);
    return value;
  } catch (error) {
    console.log(`failed ${duration()}`);
    throw error;
  }
}

/** Runs a tool in the repository; what it prints is shown only when it fails. */
function tool(command: string, ...args: string[]): Promise<string> {
  const { signal } = interruption;
  return runTool(command, args, { timeoutMs: TOOL_TIMEOUT_MS, cwd: repository, signal });
}

/** The server that the caller pointed us at, which is nothing to stop, or else one of our own. */
async function openServer(): Promise<DatabaseServer | undefined> {
  const given = givenServer();
  if (given !== undefined) {
    await serverVersion(given);
    return undefined;
  }
  const server = await startMariadb();
  shareServer(server.address);
  return server;
}

/** The verdict, and the counts as the last lines. */
function conclude({ success, tests, skipped, todo, reasons, closing }: Outcome): void {
  for (const reason of reasons) {
    console.log(`skipped: ${reason}`);
  }
  const complaint = success ? complaintOf(tests, skipped + todo) : 'tests failed';
  if (complaint !== undefined) {
    console.log(`failed: ${complaint}`);
    process.exitCode ||= 1;
  }
  console.log(closing.join('\n'));
}

/** What is wrong with a run in which nothing failed. */
function complaintOf(tests: number, left: number): string | undefined {
  if (tests === 0) {
    return 'no test ran';
  }
  if (left > 0 && process.env.CI === 'true') {
    return `${left} tests skipped or to do, which a CI machine does not accept`;
  }
  return undefined;
}

/** The first signal ends what runs and lets it clean up; a second one leaves at once. */
function interrupt(signalNumber: number): void {
  if (interruption.signal.aborted) {
    process.exit();
  }
  process.exitCode = 128 + signalNumber;
  interruption.abort(new Error('interrupted'));
}
