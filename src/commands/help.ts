import { COMMON_OPTIONS, type Command, type Option } from './command.ts';
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
  const words = ['monitor_service', name, ...(operands ? [operandsOf(operands)] : []), '[OPTIONS]'];
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

function operandsOf({ placeholder, orOptions }: NonNullable<Command['operands']>): string {
  return orOptions === undefined
    ? `[${placeholder}]`
    : [placeholder, ...orOptions.map((name) => `--${name}`)].join('|');
}

function commandRows(names: readonly string[]): [string, string][] {
  return names.map((name) => {
    const summary = COMMANDS[name]?.summary ?? '';
    return [name, name === DEFAULT_COMMAND ? `${summary} (the default)` : summary];
  });
}

function optionRows(options: Readonly<Record<string, Option>>): [string, string][] {
  return Object.entries(options).map(([name, option]) => {
    const flags = option.short ? `-${option.short}, --${name}` : `--${name}`;
    return [option.type === 'string' ? `${flags} ${option.placeholder}` : flags, option.help];
  });
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
