import { parseArgs } from 'node:util';
import { suggestion } from '../configuration/nearest.ts';
import { COMMON_OPTIONS, type Option, type OptionValues } from './command.ts';
import { COMMANDS, DEFAULT_COMMAND } from './commands.ts';

/** What the operator typed, understood. */
export interface CommandLine {
  readonly command: string;
  /** False: nobody typed it, it is the default. */
  readonly isNamed: boolean;
  readonly values: OptionValues;
}

/** What the operator typed is wrong; the message says what would be right. */
export class UsageError extends Error {
  override name = 'UsageError';
}

type Token = ReturnType<typeof tokensOf>[number];

/** Reads the arguments. @throws UsageError */
export function readCommandLine(args: readonly string[]): CommandLine {
  const tokens = tokensOf(args);
  const [first, ...extra] = tokens.filter((token) => token.kind === 'positional');
  const command = first?.value ?? DEFAULT_COMMAND;
  if (!Object.hasOwn(COMMANDS, command)) {
    throw new UsageError(
      `unknown command "${command}"${suggestion(command, Object.keys(COMMANDS))}`,
    );
  }
  if (extra[0]) {
    throw new UsageError(`unexpected argument "${extra[0].value}"`);
  }
  const known = { ...COMMANDS[command]?.options, ...COMMON_OPTIONS };
  const pairs = tokens
    .filter((token) => token.kind === 'option')
    .map((token) => optionValue(token, known));
  return { command, isNamed: first !== undefined, values: Object.fromEntries(pairs) };
}

/** The options of all commands take part, so that a value is told from a command wherever it stands. */
function tokensOf(args: readonly string[]) {
  const all = Object.values(COMMANDS).map((command) => command.options);
  const options: Record<string, Option> = Object.assign({}, COMMON_OPTIONS, ...all);
  return parseArgs({ args: [...args], options, strict: false, tokens: true }).tokens;
}

function optionValue(
  token: Extract<Token, { kind: 'option' }>,
  known: Readonly<Record<string, Option>>,
): [string, string | boolean] {
  const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
  if (!option) {
    const names = Object.keys(known).map((name) => `--${name}`);
    throw new UsageError(`unknown option ${token.rawName}${suggestion(token.rawName, names)}`);
  }
  if (option.type === 'boolean') {
    if (token.value !== undefined) {
      throw new UsageError(`${token.rawName} takes no value`);
    }
    return [token.name, true];
  }
  if (!token.value) {
    throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.placeholder}`);
  }
  return [token.name, token.value];
}
