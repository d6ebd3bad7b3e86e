import { type ChildProcess, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { collect, exitOf } from '../child.ts';
import { waitFor } from '../wait.ts';
import { type CommandOptions, type CommandResult, output, runCommand } from './command.ts';
import { spawnFirst, spawnInside, spawnKeeper } from './processes.ts';

const SETUP_TIMEOUT_MS = 30_000;
const BOOT_TIMEOUT_MS = 30_000;
const POWER_OFF_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 10_000;
const REPORT = `systemctl --failed --no-legend --plain
systemctl list-jobs --no-legend --plain
journalctl --no-pager -b -n 60`;

/** Why no box can be booted here, for the `skip` of a test; `false` where one can. */
export const noBox: string | false = whyNot();

export interface BoxOptions {
  /** A directory whose content is copied over the root of the box before its first boot. */
  seed?: string;
}

/**
 * Boots a systemd in namespaces of its own, over a copy of this machine's files that is kept in memory. Its
 * only network is its loopback. `/root`, `/home`, `/opt`, `/tmp`, `/etc/systemd/system`, `/var/log` and
 * `/var/lib/mysql` begin empty. It ends with this process, whatever ends that.
 */
export async function bootBox({ seed = '' }: BoxOptions = {}): Promise<Box> {
  const box = new Box(`monitor-test-box-${randomBytes(4).toString('hex')}`, seed);
  try {
    await box.start();
    return box;
  } catch (error) {
    // What went wrong first is what explains the rest.
    await box.stop().catch(() => {});
    throw error;
  }
}

/** A small machine of its own. */
export class Box {
  /** The name of its cgroup, in which everything is that runs for it. */
  readonly name: string;
  readonly #keeper: ChildProcess;
  readonly #keeperSaid: () => string;
  #runner: ChildProcess | undefined;
  #runnerSaid = () => '';
  #cgroup = '';
  #pid = 0;

  constructor(name: string, seed: string) {
    this.name = name;
    this.#keeper = spawnKeeper(name, seed);
    this.#keeperSaid = collect(this.#keeper.stderr);
  }

  /** The number by which the host knows the first process; each boot has another one. */
  get pid(): number {
    return this.#pid;
  }

  /** A file of the box as the host sees it. An absolute symbolic link on the way leads to the host's files. */
  path(file: string): string {
    // In the place of a process that is gone, mkdir of Node would look for folders forever.
    if (this.#runner === undefined || hasEnded(this.#runner)) {
      throw new Error(`${this.name} is not up`);
    }
    return join(`/proc/${this.#pid}/root`, file);
  }

  /** Runs a command with bash, as root. At the timeout it is killed with its children, and that throws. */
  exec(command: string, options?: CommandOptions): Promise<CommandResult> {
    const keeper = this.#keeper.pid as number;
    const start = (program: string[]) => spawnInside(keeper, this.#cgroup, this.#pid, program);
    return runCommand(start, command, options);
  }

  /** Runs a command and returns what it printed; throws with all of it when it fails. */
  async sh(command: string, options?: CommandOptions): Promise<string> {
    return output(command, await this.exec(command, options));
  }

  /** Boots it for the first time. */
  async start(): Promise<void> {
    this.#cgroup = await firstLine(this.#keeper, this.#keeperSaid);
    await this.#boot();
  }

  /** Shuts it down in order, and boots it again with the same files. */
  async reboot(): Promise<void> {
    await this.sh('systemctl poweroff --no-block');
    await this.#explained(this.#ended(POWER_OFF_TIMEOUT_MS));
    await this.#boot();
  }

  /** Ends everything in it at one blow, and boots it again with the same files. */
  async powerCut(): Promise<void> {
    await this.#cut();
    await this.#boot();
  }

  /** Ends it as a power cut does, and removes its files; throws when anything of it is left. */
  async stop(): Promise<void> {
    await this.#cut();
    this.#keeper.stdin?.end();
    const { code } = await exitOf(this.#keeper, END_TIMEOUT_MS);
    if (code !== 0) {
      throw new Error(`${this.name} did not end as it should: ${this.#keeperSaid()}`);
    }
  }

  async #boot(): Promise<void> {
    const runner = spawnFirst(this.#keeper.pid as number, this.#cgroup);
    this.#runner = runner;
    this.#pid = 0;
    this.#runnerSaid = collect(runner.stderr);
    this.#pid = Number(await firstLine(runner, this.#runnerSaid));
    const answers = () => existsSync(this.path('/run/systemd/private'));
    await this.#explained(waitFor('systemd to answer', answers, BOOT_TIMEOUT_MS));
    await this.#explained(this.#booted());
  }

  /** Not `is-system-running`: that waits for whatever somebody starts meanwhile, as a healer does. */
  async #booted(): Promise<void> {
    const command = 'until systemctl is-active --quiet multi-user.target; do sleep 0.02; done';
    await this.sh(command, { timeoutMs: BOOT_TIMEOUT_MS });
  }

  /** The kernel ends everything in a pid namespace with its first process. */
  async #cut(): Promise<void> {
    if (this.#runner && !hasEnded(this.#runner) && this.#pid > 0) {
      process.kill(this.#pid, 'SIGKILL');
      await this.#ended(END_TIMEOUT_MS);
    }
  }

  async #ended(timeoutMs: number): Promise<void> {
    await (this.#runner && exitOf(this.#runner, timeoutMs));
  }

  /** Adds to an error all that the box has to say about itself. */
  async #explained<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (cause) {
      const asked = this.exec(REPORT, { timeoutMs: 5_000 });
      const report = await asked.then(({ stdout, stderr }) => stdout + stderr, String);
      const text = `${(cause as Error).message}\n${this.#runnerSaid()}\n${report}`;
      throw new Error(text, { cause });
    }
  }
}

/** The first line that a child prints; throws with its complaint when it ends without one. */
async function firstLine(child: ChildProcess, said: () => string): Promise<string> {
  const text = collect(child.stdout);
  await waitFor('a box', () => hasEnded(child) || text().includes('\n'), SETUP_TIMEOUT_MS);
  if (!text().includes('\n')) {
    throw new Error(`a box could not be set up: ${said()}`);
  }
  return text().split('\n')[0] as string;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function whyNot(): string | false {
  if (process.getuid?.() !== 0) {
    return 'needs root: boots a systemd in namespaces';
  }
  const { status, stderr } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']);
  return status === 0 ? false : `needs a root who may make namespaces: ${stderr}`;
}
