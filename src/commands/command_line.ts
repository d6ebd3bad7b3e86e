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

type OptionToken = Extract<ReturnType<typeof tokensOf>[number], { kind: 'option' }>;

/** Reads the arguments. @throws UsageError */
export function readCommandLine(args: readonly string[]): CommandLine {
  refuseSingleDashes(args);
  const tokens = tokensOf(args);
  const [first, ...extra] = tokens.filter((token) => token.kind === 'positional');
  const command = first?.value ?? DEFAULT_COMMAND;
  const typed = tokens.filter((token) => token.kind === 'option');
  if (!Object.hasOwn(COMMANDS, command)) {
    // Behind a mistyped option, what was meant as its value looks like a command.
    readOptions(typed, OPTIONS_OF_ALL);
    throw new UsageError(`unknown command "${command}"${commandHint(command)}`);
  }
  if (extra[0]) {
    throw new UsageError(`unexpected argument "${extra[0].value}"`);
  }
  const known = { ...COMMANDS[command]?.options, ...COMMON_OPTIONS };
  return { command, isNamed: first !== undefined, values: readOptions(typed, known) };
}

/** `-database` would be read as eight options of one letter each. */
function refuseSingleDashes(args: readonly string[]): void {
  const slip = args.find((arg) => Object.hasOwn(OPTIONS_OF_ALL, arg.replace(/^-(?=[^-])/, '')));
  if (slip?.startsWith('-')) {
    throw new UsageError(`unknown option ${slip}, did you mean -${slip}?`);
  }
}

function commandHint(command: string): string {
  if (Object.hasOwn(COMMON_OPTIONS, command)) {
    return `, did you mean --${command}?`;
  }
  if (/^(?:start|stop|restart|reload|enable|disable)$/.test(command)) {
    return `, did you mean systemctl ${command} monitor_service?`;
  }
  return suggestion(command, Object.keys(COMMANDS));
}

/** The options of all commands take part, so that a value is told from a command wherever it stands. */
const OPTIONS_OF_ALL: Readonly<Record<string, Option>> = Object.assign(
  {},
  COMMON_OPTIONS,
  ...Object.values(COMMANDS).map(({ options }) => options),
);

function tokensOf(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS_OF_ALL, strict: false, tokens: true })
    .tokens;
}

function readOptions(
  tokens: readonly OptionToken[],
  known: Readonly<Record<string, Option>>,
): OptionValues {
  return Object.fromEntries(tokens.map((token) => optionValue(token, known)));
}

function optionValue(
  token: OptionToken,
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
  if (!token.value || (token.value.startsWith('-') && !token.inlineValue)) {
    throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.placeholder}`);
  }
  return [token.name, token.value];
}
