import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { childEnvironment, searchPath } from '../system/environment.ts';
import { findProgram } from '../system/programs.ts';
import { isShellWord, simpleCommands } from '../system/shell_text.ts';
import { commandFor } from './command_for.ts';
import { type GivenCommand, processOfSection } from './command_warnings.ts';
import { PROCESS_KEYS } from './keys.ts';
import { maskSecrets } from './mask.ts';
import type { Problem } from './problem.ts';
import { type Settings, settingsOf } from './settings.ts';

/** How long the shell may take for one command, and for all of them. */
const SHELL_MS = 1000;
const ALL_MS = 3000;

/** What the host has to say about commands: whether its shell can read them, and has the program. */
export function commandProblems(commands: readonly GivenCommand[], settings: Settings): Problem[] {
  const deadline = performance.now() + ALL_MS;
  const told = new Map<string, string | undefined>();
  return commands.flatMap((command): Problem[] => {
    const { line, section, key, text } = command;
    const place = { line, section, key };
    if (!told.has(text)) {
      told.set(text, performance.now() < deadline ? syntaxError(text) : undefined);
    }
    const error = told.get(text);
    if (error !== undefined) {
      const message = `/bin/sh cannot read this command: ${maskSecrets(error, settings.database.password)}`;
      return [{ severity: 'error', ...place, message }];
    }
    const missing = missingProgram(command, settings);
    return missing === undefined ? [] : [{ severity: 'warning', ...place, message: missing }];
  });
}

/** What the shell says; undefined where it can read the command, or does not answer. */
function syntaxError(text: string): string | undefined {
  if (isPlain(text)) {
    return undefined;
  }
  const { status, stderr } = spawnSync('/bin/sh', ['-n'], {
    input: `${text}\n`,
    env: childEnvironment(),
    cwd: '/',
    timeout: SHELL_MS,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  });
  const [said = ''] = (stderr ?? '').split('\n');
  return status ? said.replace(/^\S*sh: (?:line )?\d+: /, '') || `exit code ${status}` : undefined;
}

/** Programs and arguments, which need no shell to be asked. */
function isPlain(text: string): boolean {
  const commands = simpleCommands(text) ?? [];
  return (
    commands.length === 1 &&
    commands.every(({ words: [first] }) => first !== undefined && !isShellWord(first.text))
  );
}

/** The first word of a command, behind assignments and what only hands on. */
const FIRST_WORD =
  /^\s*(?:[A-Za-z_]\w*=[^\s'"\\$`;|&()]*\s+|(?:exec|command|!|time)\s+)*([\w./+@%-]+)(?=[\s;|&<>]|$)/;

function missingProgram(
  { section, key, text }: GivenCommand,
  settings: Settings,
): string | undefined {
  const process = processOfSection(section);
  const named =
    process === undefined ? text : commandFor(text, settingsOf(settings, process).system_name);
  const word = FIRST_WORD.exec(named)?.[1];
  const isOwnCheck =
    key === 'health_check_command' && text === PROCESS_KEYS.health_check_command.fallback;
  if (word === undefined || word.includes('%') || isShellWord(word) || isOwnCheck) {
    return undefined;
  }
  const path = searchPath();
  // Commands run in /.
  if (findProgram(word.includes('/') ? resolve('/', word) : word, path) !== undefined) {
    return undefined;
  }
  return word.includes('/')
    ? `${word} is not a program on this host`
    : `${word} is not in PATH (${path})`;
}
