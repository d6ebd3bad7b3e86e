import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collect, exitOf } from '../child.ts';
import { waitFor, within } from '../wait.ts';

const SETUP_TIMEOUT_MS = 15_000;
const BOOT_TIMEOUT_MS = 30_000;
const POWER_OFF_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 10_000;
const COMMAND_TIMEOUT_MS = 20_000;
/** How much longer than a command its own `timeout` may take. */
const GRACE_MS = 5_000;

/** What a box must not do to the kernel that it shares with the host. */
const NO_CAPABILITIES = [
  ...['sys_time', 'sys_module', 'sys_rawio', 'sys_pacct', 'mknod', 'perfmon', 'syslog'],
  ...['mac_admin', 'mac_override', 'audit_control', 'audit_read', 'wake_alarm', 'block_suspend'],
]
  .map((name) => `-${name}`)
  .join(',');
const NAMESPACES = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
const ENVIRONMENT = [
  'container=box',
  'HOME=/root',
  'LANG=C.UTF-8',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'SYSTEMD_COLORS=0',
  'SYSTEMD_PAGER=cat',
  'TERM=dumb',
];
const REPORT =
  'systemctl --failed --no-legend --plain; systemctl list-jobs --no-legend; journalctl -b -n 60 --no-pager';

/** Why no box can be booted here, for the `skip` of a test; `false` where one can. */
export const noBox: string | false =
  process.platform === 'linux' && process.getuid?.() === 0
    ? false
    : 'needs root: boots a systemd in namespaces';

export interface BoxOptions {
  /** A directory that is copied over the root of the box before its first boot. */
  seed?: string;
}

export interface CommandOptions {
  timeoutMs?: number;
  /** What the command reads on its standard input. */
  input?: string;
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Boots a systemd of its own, over a copy of this machine's files that is kept in memory. It has no network
 * but its own loopback. `/root`, `/home`, `/opt`, `/tmp`, `/etc/systemd/system` and `/var/log` begin empty.
 */
export async function bootBox({ seed = '' }: BoxOptions = {}): Promise<Box> {
  const name = `monitor-test-box-${randomBytes(4).toString('hex')}`;
  const keeper = spawn(
    'unshare',
    ['--mount', '--propagation=private', 'bash', '-c', script('keeper.sh'), 'keeper', name, seed],
    // In a session of its own, so that Ctrl-C leaves it the time to clean up.
    { detached: true, stdio: 'pipe' },
  );
  const box = new Box(name, keeper);
  try {
    await box.start();
  } catch (error) {
    await box.stop();
    throw error;
  }
  return box;
}

/** A small machine with a systemd of its own, which goes with the process that booted it. */
export class Box {
  readonly name: string;
  readonly #keeper: ChildProcess;
  readonly #keeperSaid: () => string;
  /** `unshare`, whose only child is the first process of the box. */
  #runner: ChildProcess | undefined;
  #runnerSaid = () => '';
  #cgroup = '';
  #pid = 0;

  constructor(name: string, keeper: ChildProcess) {
    this.name = name;
    this.#keeper = keeper;
    this.#keeperSaid = collect(keeper.stderr);
  }

  /** The number by which the host knows the first process of the box. */
  get pid(): number {
    return this.#pid;
  }

  /** A file of the box as the host sees it; an absolute symbolic link on the way leads to the host's. */
  path(file: string): string {
    return join(`/proc/${this.#pid}/root`, file);
  }

  /** Runs a command with bash, as root. At the timeout it is killed with its children, and that throws. */
  async exec(
    command: string,
    { timeoutMs = COMMAND_TIMEOUT_MS, input = '' }: CommandOptions = {},
  ): Promise<CommandResult> {
    const child = this.#enter(
      'timeout',
      '-s',
      'KILL',
      `${timeoutMs / 1000}`,
      'bash',
      '-c',
      command,
    );
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.stdin?.on('error', () => {}).end(input);
    const late = `took longer than ${timeoutMs} ms`;
    const start = performance.now();
    try {
      await within('it to end', timeoutMs + GRACE_MS, once(child, 'close'));
    } catch {
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      throw new Error(failure(command, late, stdout(), stderr()));
    }
    if (performance.now() - start >= timeoutMs) {
      throw new Error(failure(command, late, stdout(), stderr()));
    }
    return { code: child.exitCode, stdout: stdout(), stderr: stderr() };
  }

  /** Runs a command and returns what it printed; throws with all of it when it fails. */
  async sh(command: string, options?: CommandOptions): Promise<string> {
    const { code, stdout, stderr } = await this.exec(command, options);
    if (code !== 0) {
      throw new Error(failure(command, `exit status ${code}`, stdout, stderr));
    }
    return stdout;
  }

  /** Boots it for the first time. */
  async start(): Promise<void> {
    this.#cgroup = await this.#line(this.#keeper, this.#keeperSaid);
    await this.#boot();
  }

  /** Shuts it down in order, and boots it again with the same files. */
  async reboot(): Promise<void> {
    const runner = this.#running();
    await this.sh('systemctl poweroff --no-block');
    await this.#explained(exitOf(runner, POWER_OFF_TIMEOUT_MS));
    await this.#boot();
  }

  /** Ends everything in it at one blow, and boots it again with the same files. */
  async powerCut(): Promise<void> {
    process.kill(this.#pid, 'SIGKILL');
    await exitOf(this.#running(), END_TIMEOUT_MS);
    await this.#boot();
  }

  /** Ends it like a power cut, and removes its files; throws when anything of it is left. */
  async stop(): Promise<void> {
    this.#keeper.stdin?.end();
    const { code } = await exitOf(this.#keeper, END_TIMEOUT_MS);
    if (this.#runner) {
      await exitOf(this.#runner, END_TIMEOUT_MS);
    }
    if (code !== 0) {
      throw new Error(`the box did not end as it should: ${this.#keeperSaid()}`);
    }
  }

  async #boot(): Promise<void> {
    const start = ['bash', '-c', script('start.sh'), 'start', NO_CAPABILITIES];
    const runner = inCgroup(
      this.#onHost(this.#cgroup),
      ...['nsenter', `--mount=/proc/${this.#keeper.pid}/ns/mnt`],
      ...['unshare', ...NAMESPACES, '--fork', '--kill-child', '--propagation=private', ...start],
    );
    this.#runner = runner;
    this.#runnerSaid = collect(runner.stderr);
    this.#pid = Number(await this.#line(runner, this.#runnerSaid));
    const ready = () => existsSync(this.path('/run/systemd/private'));
    await this.#explained(waitFor('systemd to answer', ready, BOOT_TIMEOUT_MS));
    // "degraded", with a failed unit, is up as well.
    const waiting = this.exec('systemctl is-system-running --wait', { timeoutMs: BOOT_TIMEOUT_MS });
    const { stdout } = await this.#explained(waiting);
    if (!/^(running|degraded)$/m.test(stdout)) {
      await this.#explained(
        Promise.reject(new Error(`the box is "${stdout.trim()}", not running`)),
      );
    }
  }

  /** The first line that a child prints; throws with its complaint when it ends without one. */
  async #line(child: ChildProcess, said: () => string): Promise<string> {
    const text = collect(child.stdout);
    const found = () => {
      if (!text().includes('\n') && (child.exitCode ?? child.signalCode) !== null) {
        throw new Error(`the box does not start: ${said()}`);
      }
      return text().includes('\n');
    };
    await waitFor('the box to be set up', found, SETUP_TIMEOUT_MS);
    return text().split('\n')[0] as string;
  }

  /** What went wrong, with all that the box has to say about itself. */
  async #explained<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (cause) {
      const report = await this.exec(REPORT, { timeoutMs: 5_000 }).then(
        ({ stdout, stderr }) => stdout + stderr,
        String,
      );
      const text = `${(cause as Error).message}\nfirst process: ${this.#runnerSaid()}\n${report}`;
      throw new Error(text, { cause });
    }
  }

  #enter(...command: string[]): ChildProcess {
    return inCgroup(
      this.#onHost(join(this.#cgroup, 'init.scope')),
      ...['nsenter', `--target=${this.#pid}`, '--root', '--wd', ...NAMESPACES],
      ...['env', '-i', ...ENVIRONMENT],
      ...['setpriv', '--inh-caps=-all', `--bounding-set=${NO_CAPABILITIES}`, ...command],
    );
  }

  /** A file as the keeper sees it. */
  #onHost(file: string): string {
    return join(`/proc/${this.#keeper.pid}/root`, file);
  }

  #running(): ChildProcess {
    if (this.#runner === undefined) {
      throw new Error('this box is not up');
    }
    return this.#runner;
  }
}

/** Starts a command in a cgroup: what the box consists of is what its cgroup holds. */
function inCgroup(cgroup: string, ...command: string[]): ChildProcess {
  const join_ = ['-c', 'echo $$ > "$0" && exec "$@"', join(cgroup, 'cgroup.procs')];
  return spawn('sh', [...join_, ...command], { stdio: 'pipe' });
}

function script(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}

function failure(command: string, reason: string, stdout: string, stderr: string): string {
  return `in the box: ${command}\n${reason}\nstdout:\n${stdout}\nstderr:\n${stderr}`;
}
