import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { own } from './reaper.ts';

/** A temporary directory for one test. */
export interface Workspace {
  path(...names: string[]): string;
  /** Writes a file, its folders included, and returns its path. */
  write(name: string, text: string, mode?: number): string;
  /** Writes an executable for /bin/sh, or for what the first line of its text says. */
  script(name: string, text: string): string;
  remove(): Promise<void>;
}

export async function workspace(): Promise<Workspace> {
  const directory = mkdtempSync(join(tmpdir(), 'monitor-test-'));
  const disown = own(() => rmSync(directory, { recursive: true, force: true }));
  const path = (...names: string[]) => join(directory, ...names);
  const write = (name: string, text: string, mode = 0o600) => {
    const file = path(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  return {
    path,
    write,
    script: (name, text) => write(name, text.startsWith('#!') ? text : `#!/bin/sh\n${text}`, 0o755),
    async remove() {
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
      disown();
    },
  };
}

export type Keys = Record<string, string | number | boolean>;

export interface ConfigOptions {
  /** A `[database]` section, header included: TestDatabase.config, with lines added or without. */
  database: string;
  monitor?: Keys;
  logging?: Keys;
  /** `[process.NAME]` sections by NAME. */
  processes?: Record<string, Keys>;
}

/** A configuration whose every file is in the workspace, and which checks every second. */
export function configText(
  { path }: Workspace,
  { database, monitor, logging, processes = {} }: ConfigOptions,
): string {
  const files = { state_directory: path('state'), control_socket: path('control.sock') };
  return [
    database,
    section('monitor', { check_interval: 1, ...files, ...monitor }),
    section('logging', { log_file: path('monitor_service.log'), ...logging }),
    ...Object.entries(processes).map(([name, keys]) => section(`process.${name}`, keys)),
  ].join('\n');
}

/** A section of a configuration. */
export function section(name: string, keys: Keys): string {
  const lines = Object.entries(keys).map(([key, value]) => `${key} = ${value}`);
  return [`[${name}]`, ...lines, ''].join('\n');
}
