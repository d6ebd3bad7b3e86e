import { settle } from '../../src/configuration/settings.ts';
import type { Log } from '../../src/log/logger.ts';
import type { Alarm } from '../../src/monitor/alarm_store.ts';

/** A row in alarm; `seen` stands for its content. */
export function alarm(id: number, name: string | undefined, seen = `seen ${id}`): Alarm {
  return { id: String(id), name, notes: '', seen };
}

/** A log that keeps its lines, as `LEVEL message`. */
export class RecordingLog implements Log {
  lines: string[] = [];

  debug(message: string): void {
    this.lines.push(`DEBUG ${message}`);
  }

  info(message: string): void {
    this.lines.push(`INFO ${message}`);
  }

  warning(message: string): void {
    this.lines.push(`WARNING ${message}`);
  }

  error(message: string): void {
    this.lines.push(`ERROR ${message}`);
  }

  /** The lines since the last call. */
  take(): string[] {
    return this.lines.splice(0);
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
