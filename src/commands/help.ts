import { COMMON_OPTIONS, type Option } from './command.ts';
import { COMMANDS, DEFAULT_COMMAND } from './commands.ts';

/** The help as a whole, or of one command. */
export function helpText(command?: string): string {
  const chosen = command === undefined ? undefined : COMMANDS[command];
  return chosen ? helpOf(command ?? '', chosen.summary, chosen.options) : overview();
}

function overview(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]): [string, string] => [
    name,
    name === DEFAULT_COMMAND ? `${summary} (the default)` : summary,
  ]);
  return [
    'Usage: monitor_service [COMMAND] [OPTIONS]',
    'Restarts the processes that the database says are in alarm, and clears the alarm once they are healthy.',
    `Commands:\n${table(commands)}`,
    `Options of every command:\n${table(optionRows(COMMON_OPTIONS))}`,
    'monitor_service COMMAND --help tells about one command, man monitor_service about all.\n',
  ].join('\n\n');
}

function helpOf(name: string, summary: string, options: Readonly<Record<string, Option>>): string {
  return [
    `Usage: monitor_service ${name} [OPTIONS]`,
    `${name}: ${summary}`,
    `Options:\n${table([...optionRows(options), ...optionRows(COMMON_OPTIONS)])}\n`,
  ].join('\n\n');
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
