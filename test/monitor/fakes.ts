import { settle } from '../../src/configuration/settings.ts';
import type { About } from '../../src/log/events.ts';
import type { Log } from '../../src/log/logger.ts';
import type { Alarm } from '../../src/monitor/alarm_store.ts';

/** A row in alarm; `seen` stands for its content. */
export function alarm(id: number, name: string | undefined, seen = `seen ${id}`): Alarm {
  return { id: String(id), name, notes: '', seen };
}

/** A log that keeps its lines, as `LEVEL message`, those of DEBUG apart, and what each is about. */
export class RecordingLog implements Log {
  lines: string[] = [];
  debugLines: string[] = [];
  about: About[] = [];

  debug(message: () => string, about: About): void {
    this.debugLines.push(message());
    this.about.push(about);
  }

  info(message: string, about: About): void {
    this.#keep(`INFO ${message}`, about);
  }

  warning(message: string, about: About): void {
    this.#keep(`WARNING ${message}`, about);
  }

  error(message: string, about: About): void {
    this.#keep(`ERROR ${message}`, about);
  }

  /** The lines since the last call. */
  take(): string[] {
    return this.lines.splice(0);
  }

  #keep(line: string, about: About): void {
    this.lines.push(line);
    this.about.push(about);
  }
}

/** The calls that a test expects; any other one is an error that names it. */
export function strict<T extends object>(what: string, calls: Partial<T>): T {
  return new Proxy(calls, {
    get(target, key) {
      const call = target[key as keyof T];
      if (call === undefined) {
        throw new Error(`unexpected ${what}.${String(key)}`);
      }
      return call;
    },
  }) as T;
}

/** Settings with the built-in defaults, apart from what is given. */
export function settingsWith(
  monitor: Record<string, number>,
  processes: Record<string, Record<string, unknown>> = {},
) {
  const sections = Object.entries(processes).map(
    ([name, keys]) => [`process.${name}`, new Map(Object.entries(keys))] as const,
  );
  return settle(
    new Map([['monitor', new Map<string, unknown>(Object.entries(monitor))], ...sections]),
  );
}
