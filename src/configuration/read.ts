import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { commandProblems } from './command_checks.ts';
import { SECTIONS } from './keys.ts';
import type { OriginOf } from './origin.ts';
import { type Parsed, parseConfiguration } from './parse.ts';
import { guardProblems, placeProblems } from './places.ts';
import { isError, type Problem } from './problem.ts';
import { PROCESS_SECTION, type Settings } from './settings.ts';

/** What reading a configuration file gave. Settings are there only where no problem is an error. */
export interface Configuration {
  readonly settings: Settings | undefined;
  /** Where a running service is to be found, also by a file that is not valid: by default where it does not tell. */
  readonly places: Places;
  /** The file tells them, be it by leaving the defaults; false where that part of it can't be read. */
  readonly isPlaceTold: boolean;
  readonly problems: readonly Problem[];
  readonly originOf: OriginOf;
}

export type Places = Pick<Settings['monitor'], 'control_socket' | 'state_directory'>;

const MAX_BYTES = 1024 * 1024;

/**
 * Reads and checks a configuration file. Never throws: whatever is wrong is among the problems.
 * @param depth `thorough` also has the host's shell read the commands, for who is about to run them
 */
export function readConfiguration(
  file: string,
  depth: 'thorough' | 'quick' = 'quick',
): Configuration {
  let content: { text: string; mode: number };
  try {
    content = readSmallFile(file);
  } catch (error) {
    const { settings, originOf } = parseConfiguration('');
    const problems = [unreadable(error as Error)];
    return {
      settings: undefined,
      places: settings.monitor,
      isPlaceTold: false,
      problems,
      originOf,
    };
  }
  const parsed = parseConfiguration(content.text);
  const places = parsed.settings.monitor;
  const { originOf } = parsed;
  const isPlaceTold = parsed.isWhole && !parsed.problems.some(isAboutPlaces);
  const problems = [...safetyProblems(content.mode, file), ...parsed.problems];
  if (parsed.isEmpty && !problems.some(isError)) {
    problems.push(NOTHING_SET);
  }
  if (problems.some(isError)) {
    return { settings: undefined, places, isPlaceTold, problems, originOf };
  }
  const withPassword = readPasswordFile(parsed);
  problems.push(...withPassword.problems, ...placeProblems(parsed.settings, parsed.lineOf));
  if (depth === 'thorough') {
    problems.push(...commandProblems(parsed.commands, withPassword.settings));
  }
  const settings = problems.some(isError) ? undefined : withPassword.settings;
  return { settings, places, isPlaceTold, problems, originOf };
}

function isAboutPlaces({ severity, section, key }: Problem): boolean {
  const isPlace = key === 'control_socket' || key === 'state_directory';
  return severity === 'error' && section === 'monitor' && isPlace;
}

/** As a file that was cut off because the disk was full. */
const NOTHING_SET: Problem = {
  severity: 'error',
  line: 1,
  message: `sets nothing, expected at least one section: [${Object.keys(SECTIONS).join('], [')}] or [${PROCESS_SECTION}NAME]`,
};

function readSmallFile(file: string): { text: string; mode: number } {
  // Not blocking, so that a FIFO in the file's place does not hang the start.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) {
      throw new Error('is not a regular file');
    }
    if (stat.size > MAX_BYTES) {
      throw new Error(`is larger than ${MAX_BYTES} bytes`);
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(descriptor));
    return { text, mode: stat.mode };
  } finally {
    closeSync(descriptor);
  }
}

function readPasswordFile({ settings, lineOf }: Parsed): {
  settings: Settings;
  problems: Problem[];
} {
  const { password_file } = settings.database;
  if (settings.database.driver !== 'mysql' || !password_file) {
    return { settings, problems: [] };
  }
  try {
    const { text, mode } = readSmallFile(password_file);
    const database = { ...settings.database, password: text.replace(/\r?\n$/, '') };
    return { settings: { ...settings, database }, problems: safetyProblems(mode, password_file) };
  } catch (error) {
    const { message } = unreadable(error as Error);
    const line = lineOf('database', 'password_file');
    const place = {
      section: 'database',
      key: 'password_file',
      ...(line !== undefined && { line }),
    };
    return {
      settings,
      problems: [
        { severity: 'error', ...place, message: `got "${password_file}", which ${message}` },
      ],
    };
  }
}

/** What others can do to a file that holds the password, or with it. */
function safetyProblems(mode: number, file: string): Problem[] {
  return [...modeProblems(mode, file), ...guardProblems(file)];
}

function modeProblems(mode: number, file: string): Problem[] {
  if ((mode & 0o077) === 0) {
    return [];
  }
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  const reason =
    mode & 0o022 ? 'who can write it can run commands as this service' : 'it can hold a password';
  const message = `${file} has mode ${octal}, expected 0600, as ${reason}: chmod 600 ${file}`;
  return [{ severity: 'warning', message }];
}

/** What is told of a file that is not there. */
export const MISSING: Problem = { severity: 'error', message: 'does not exist' };

function unreadable(error: NodeJS.ErrnoException): Problem {
  const reasons: Record<string, string> = {
    ENOENT: MISSING.message,
    EACCES: 'may not be read by this user',
    EISDIR: 'is a directory',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'is not UTF-8 text',
  };
  return { severity: 'error', message: reasons[error.code ?? ''] ?? error.message };
}
