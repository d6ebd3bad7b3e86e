import { COMMON_OPTIONS, type Command, type Operands, type Option } from './command.ts';
import { commandsOfGroup } from './command_words.ts';
import { COMMANDS, DEFAULT_COMMAND } from './commands.ts';

/** The help as a whole, of one command, or of those that begin with one word. */
export function helpText(command?: string): string {
  if (command === undefined) {
    return overview();
  }
  const chosen = COMMANDS[command];
  return chosen ? helpOf(command, chosen) : helpOfGroup(command);
}

function overview(): string {
  return [
    'Usage: monitor_service [COMMAND] [OPTIONS]',
    'Restarts the processes that the database says are in alarm, and clears the alarm once they are healthy.',
    `Commands:\n${table(commandRows(Object.keys(COMMANDS)))}`,
    `Options of every command:\n${table(optionRows(COMMON_OPTIONS))}`,
    'monitor_service COMMAND --help tells about one command, man monitor_service about all.\n',
  ].join('\n\n');
}

function helpOf(name: string, { summary, operands, options }: Command): string {
  const words = [
    'monitor_service',
    name,
    ...(operands ? [operandsOf(operands, options)] : []),
    '[OPTIONS]',
  ];
  return [
    `Usage: ${words.join(' ')}`,
    `${name}: ${summary}`,
    `Options:\n${table([...optionRows(options), ...optionRows(COMMON_OPTIONS)])}\n`,
  ].join('\n\n');
}

function helpOfGroup(word: string): string {
  return [
    `Usage: monitor_service ${word} COMMAND [OPTIONS]`,
    `Commands:\n${table(commandRows(commandsOfGroup(word)))}\n`,
  ].join('\n\n');
}

function operandsOf(
  { placeholder, orOptions }: Operands,
  options: Readonly<Record<string, Option>>,
): string {
  if (orOptions === undefined) {
    return `[${placeholder}]`;
  }
  const others = Object.entries(options).filter(([name]) => orOptions.includes(name));
  return [placeholder, ...others.map(([name, option]) => flagOf(name, option))].join('|');
}

function commandRows(names: readonly string[]): [string, string][] {
  return names.map((name) => {
    const summary = COMMANDS[name]?.summary ?? '';
    return [name, name === DEFAULT_COMMAND ? `${summary} (the default)` : summary];
  });
}

function optionRows(options: Readonly<Record<string, Option>>): [string, string][] {
  return Object.entries(options).map(([name, option]) => {
    const flag = flagOf(name, option);
    return [option.short ? `-${option.short}, ${flag}` : flag, option.help];
  });
}

function flagOf(name: string, option: Option): string {
  return option.type === 'string' ? `--${name} ${option.placeholder}` : `--${name}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
