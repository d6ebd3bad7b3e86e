import type { ProcessSettings } from './keys.ts';
import type { LineOf, Problem } from './problem.ts';
import { DEFAULT_NAME, PROCESS_SECTION, type Settings } from './settings.ts';

/** What is wrong between keys that are each fine by themselves. */
export function consistencyProblems(settings: Settings, lineOf: LineOf): Problem[] {
  const found = [...databaseProblems(settings), ...processProblems(settings)];
  return found.map(({ section, key, message }) => {
    const line = lineOf(section, key);
    return { severity: 'error', section, key, message, ...(line !== undefined && { line }) };
  });
}

interface Finding {
  readonly section: string;
  readonly key: string;
  readonly message: string;
}

function databaseProblems({ database }: Settings): Finding[] {
  const found: Finding[] = [];
  const wrong = (key: string, message: string) => found.push({ section: 'database', key, message });
  if (database.driver === 'sqlite' && !database.file) {
    wrong('file', 'got nothing, expected the path of the embedded database, as driver is sqlite');
  }
  if (database.password && database.password_file) {
    wrong('password_file', 'got a file, expected none beside password: set one of the two');
  }
  if (Boolean(database.ssl_cert) !== Boolean(database.ssl_key)) {
    const missing = database.ssl_cert ? 'ssl_key' : 'ssl_cert';
    wrong(missing, 'got nothing, expected a file: ssl_cert and ssl_key go together');
  }
  if (database.ssl_mode.startsWith('verify_') && !database.ssl_ca) {
    wrong(
      'ssl_ca',
      `got nothing, expected the authority's file, as ssl_mode is ${database.ssl_mode}`,
    );
  }
  return found;
}

function processProblems({ processDefault, processes }: Settings): Finding[] {
  const found: Finding[] = [];
  if (processDefault.system_name) {
    found.push({
      section: PROCESS_SECTION + DEFAULT_NAME,
      key: 'system_name',
      message: `got "${processDefault.system_name}", expected it only in a process's own section`,
    });
  }
  for (const [name, process] of [[DEFAULT_NAME, processDefault] as const, ...processes]) {
    if (lacksRestartCommand(process)) {
      found.push({
        section: PROCESS_SECTION + name,
        key: 'restart_strategy',
        message: 'got "custom", expected restart_command to be set with it',
      });
    }
  }
  return found;
}

function lacksRestartCommand(process: ProcessSettings): boolean {
  return process.restart_strategy === 'custom' && process.restart_command === '';
}
