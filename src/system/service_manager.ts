import { endOf, exitWords, startChild } from './child.ts';
import type { Clock } from './clock.ts';
import { ownGroups } from './own_groups.ts';
import { within } from './within.ts';

/** systemd takes it at once; whatever does not is given up. */
const TELL_MS = 5000;
/** A hundred restarts that end one after the other are no hundred messages; nor is one that fails tried at once. */
const PAUSE_MS = 1000;

/**
 * Tells the service manager how this service is, where it asked for that (`Type=notify`, `WatchdogSec=`), and
 * says nothing elsewhere. By `systemd-notify`, as Node has no datagram sockets. What could not be told, where no
 * process can be started say, is told as soon as it can be: of a start that it never hears of, systemd makes an end.
 */
export class ServiceManager {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #clock: Clock;
  readonly #onFailure: (reason: string) => void;
  readonly #untold = new Map<string, string>();
  readonly #isStopping = new AbortController();
  #watchdogMs: number;
  #isReady = false;
  #isFailing = false;
  #status = '';
  #aliveAtMs = Number.NEGATIVE_INFINITY;
  #telling: Promise<void> | undefined;

  /** `onFailure` is told that systemd could not be, once in a row of failures. */
  constructor(environment: NodeJS.ProcessEnv, clock: Clock, onFailure: (reason: string) => void) {
    this.#environment = environment;
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.#watchdogMs = watchdogOf(environment);
  }

  /** The start is done. Told once, however often it is said. */
  ready(): void {
    if (!this.#isReady) {
      this.#isReady = true;
      this.#tell('READY', 1);
    }
  }

  /** One line for `systemctl status`. */
  status(line: string): void {
    if (line !== this.#status) {
      this.#status = line;
      this.#tell('STATUS', line);
    }
  }

  /** How often `beat` wants to be called, in milliseconds; Infinity where no watchdog listens. */
  get everyMs(): number {
    return this.#watchdogMs / 4;
  }

  /** Called as often as one likes, it feeds the watchdog when that is due. */
  beat(): void {
    const nowMs = this.#clock.nowMs();
    if (Number.isFinite(this.#watchdogMs) && nowMs - this.#aliveAtMs >= this.everyMs) {
      this.#aliveAtMs = nowMs;
      this.#tell('WATCHDOG', 1);
    }
  }

  /** So long may pass between two beats, beyond the time they want: the watchdog has to bear with it. */
  allowBusy(busyMs: number): void {
    const neededMs = busyMs + watchdogOf(this.#environment) / 2;
    if (neededMs > this.#watchdogMs) {
      this.#watchdogMs = neededMs;
      this.#tell('WATCHDOG_USEC', neededMs * 1000);
    }
  }

  /** The service ends by itself, and may take this long. */
  stopping(limitMs: number): void {
    this.#isStopping.abort();
    this.#tell('STOPPING', 1);
    this.#tell('EXTEND_TIMEOUT_USEC', limitMs * 1000);
  }

  /** Resolves when all is told. */
  async idle(): Promise<void> {
    await this.#telling;
  }

  /** What comes up meanwhile goes into the next message: no more than one ever waits. */
  #tell(name: string, value: string | number): void {
    const socket = this.#environment.NOTIFY_SOCKET;
    if (socket) {
      this.#untold.set(name, `${name}=${value}`);
      this.#telling ??= this.#tellAll(socket);
    }
  }

  async #tellAll(socket: string): Promise<void> {
    await Promise.resolve(); // what is said in one go is told in one go
    while (this.#untold.size > 0) {
      await this.#tellOnce(socket);
      if (this.#isFailing || (this.#isReady && !this.#untold.has('READY'))) {
        await this.#clock.sleep(PAUSE_MS, this.#isStopping.signal);
      }
    }
    this.#telling = undefined;
  }

  async #tellOnce(socket: string): Promise<void> {
    const assignments = [...this.#untold];
    this.#untold.clear();
    const words = assignments.map(([, assignment]) => assignment);
    const reason = await notify(words, socket).catch((error: Error) => error.message);
    if (reason !== undefined && !this.#isFailing) {
      this.#onFailure(`systemd-notify: ${reason}`);
    }
    this.#isFailing = reason !== undefined;
    if (this.#isFailing && !this.#isStopping.signal.aborted) {
      this.#keep(assignments);
    }
  }

  /** For the next message, unless something newer takes its place. */
  #keep(assignments: readonly [string, string][]): void {
    for (const [name, assignment] of assignments) {
      this.#untold.set(name, this.#untold.get(name) ?? assignment);
    }
  }
}

/** Undefined: told, else the reason why not. @throws where it can't be started */
async function notify(words: readonly string[], socket: string): Promise<string | undefined> {
  const command = ['systemd-notify', `--pid=${process.pid}`, ...words];
  const child = await startChild(command, { NOTIFY_SOCKET: socket });
  child.stdout.resume();
  child.stderr.resume();
  const end = await within(endOf(child), TELL_MS);
  child.kill('SIGKILL');
  ownGroups.delete(child.pid);
  if (end === undefined) {
    return `no end within ${TELL_MS / 1000} seconds`;
  }
  return end.value.code === 0 ? undefined : exitWords(end.value);
}

/** Infinity where there is no watchdog, or one for another process. */
function watchdogOf({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number {
  const isOurs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  const milliseconds = Number(WATCHDOG_USEC) / 1000;
  return isOurs && milliseconds > 0 ? milliseconds : Number.POSITIVE_INFINITY;
}
