import type { ProcessSettings } from './keys.ts';
import type { LineOf, Problem } from './problem.ts';
import { DEFAULT_NAME, PROCESS_SECTION, type ReadValues, type Settings } from './settings.ts';

/** What is wrong between keys that are each fine by themselves. */
export function consistencyProblems(
  values: ReadValues,
  settings: Settings,
  lineOf: LineOf,
): Problem[] {
  const errors = [...databaseProblems(settings), ...processProblems(settings)];
  const located = (severity: Problem['severity'], findings: readonly Finding[]): Problem[] =>
    findings.map((finding) => {
      const line = lineOf(finding.section, finding.key);
      return { severity, ...finding, ...(line !== undefined && { line }) };
    });
  return [...located('error', errors), ...located('warning', unusedKeys(values, settings))];
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

/** Commands that a process's section sets, and that its strategy never runs. */
function unusedKeys(values: ReadValues, settings: Settings): Finding[] {
  const found: Finding[] = [];
  for (const [name, { restart_strategy }] of settings.processes) {
    const section = PROCESS_SECTION + name;
    const own = values.get(section);
    for (const [key, strategies] of Object.entries(COMMANDS_OF_STRATEGIES)) {
      const isUsed = strategies.some((strategy) => strategy === restart_strategy);
      if (own?.get(key) && !isUsed) {
        const message = `not used with strategy ${restart_strategy}, only with ${strategies.join(' or ')}`;
        found.push({ section, key, message });
      }
    }
  }
  return found;
}

const COMMANDS_OF_STRATEGIES = {
  restart_command: ['custom'],
  start_command: ['process', 'auto'],
};

function lacksRestartCommand(process: ProcessSettings): boolean {
  return process.restart_strategy === 'custom' && process.restart_command === '';
}
