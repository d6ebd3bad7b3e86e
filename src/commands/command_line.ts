import { parseArgs } from 'node:util';
import { nearest } from '../configuration/nearest.ts';
import { COMMON_OPTIONS, type Operands, type Option, type OptionValues } from './command.ts';
import {
  ABOUT_PROGRAM,
  commandsOfGroup,
  forServiceItself,
  splitWords,
  unknownCommand,
} from './command_words.ts';
import { COMMANDS } from './commands.ts';
import { UsageError } from './usage_error.ts';

/** What the operator typed, understood. */
export interface CommandLine {
  /** With --help or --version also the first word of several commands. */
  readonly command: string;
  /** False: nobody typed it, it is the default. */
  readonly isNamed: boolean;
  readonly values: OptionValues;
  readonly operands: readonly string[];
}

type OptionToken = Extract<ReturnType<typeof tokensOf>[number], { kind: 'option' }>;

/** Reads the arguments. @throws UsageError */
export function readCommandLine(args: readonly string[]): CommandLine {
  refuseSingleDashes(args);
  const tokens = tokensOf(args);
  const typed = tokens.filter((token) => token.kind === 'option');
  const all = tokens.filter((token) => token.kind === 'positional').map(({ value }) => value);
  const [first = ''] = all;
  // `help list` is `list --help`.
  const asked = ABOUT_PROGRAM.includes(first) ? { [first]: true } : {};
  const positionals = Object.hasOwn(asked, first) ? all.slice(1) : all;
  const isNamed = positionals.length > 0;
  const words = splitWords(positionals);
  const { command, operands } = words;
  if (!Object.hasOwn(COMMANDS, command)) {
    // Behind a mistyped option, what was meant as its value looks like a command.
    const values = { ...readOptions(typed, OPTIONS_OF_ALL), ...asked };
    const isGroup = commandsOfGroup(command).length > 0 && operands.length === 0;
    if (isGroup && isAboutProgram(values)) {
      return { command, isNamed, values, operands };
    }
    throw new UsageError(unknownCommand(words));
  }
  const known = { ...COMMANDS[command]?.options, ...COMMON_OPTIONS };
  const values = { ...readOptions(typed, known), ...asked };
  checkOperands(command, operands, values);
  return { command, isNamed, values, operands };
}

/** `-database` would be read as eight options of one letter each. */
function refuseSingleDashes(args: readonly string[]): void {
  const slip = args.find(
    (arg) => /^-[^-]/.test(arg) && Object.hasOwn(OPTIONS_OF_ALL, arg.slice(1)),
  );
  if (slip !== undefined) {
    throw new UsageError(`unknown option ${slip}, did you mean -${slip}?`);
  }
}

function isAboutProgram(values: OptionValues): boolean {
  return values.help === true || values.version === true;
}

function checkOperands(command: string, operands: readonly string[], values: OptionValues): void {
  const { max, placeholder, orOptions }: Operands = COMMANDS[command]?.operands ?? NO_OPERANDS;
  const extra = operands[max];
  if (extra !== undefined) {
    throw new UsageError(`unexpected argument "${extra}"`);
  }
  if (orOptions === undefined || isAboutProgram(values)) {
    return;
  }
  const choices = [placeholder, ...orOptions.map((name) => `--${name}`)];
  const given = orOptions.filter((name) => values[name] !== undefined).map((name) => `--${name}`);
  if (operands[0] !== undefined) {
    given.unshift(`"${operands[0]}"`);
  }
  if (given.length === 0) {
    throw new UsageError(`${command} needs ${choices.join(' or ')}${forServiceItself(command)}`);
  }
  if (given.length > 1) {
    throw new UsageError(
      `${command} takes one of ${choices.join(', ')}, got ${given.join(' and ')}`,
    );
  }
}

const NO_OPERANDS: Operands = { placeholder: '', max: 0 };

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
    const meant = nearest(token.rawName.replace(/^--?/, ''), Object.keys(known));
    const hint = meant === undefined ? '' : `, did you mean --${meant}?`;
    throw new UsageError(`unknown option ${token.rawName}${hint}`);
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
