import { suggestion } from '../configuration/nearest.ts';
import { COMMON_OPTIONS } from './command.ts';
import { COMMANDS, DEFAULT_COMMAND } from './commands.ts';

/** The words of a command line that are no options, told apart. */
export interface Words {
  /** A command, or the first word of several. */
  readonly command: string;
  readonly operands: readonly string[];
}

/** Finds the command, of one word or of two, in front. */
export function splitWords(words: readonly string[]): Words {
  const [first = DEFAULT_COMMAND, second] = words;
  const pair = `${first} ${second}`;
  return Object.hasOwn(COMMANDS, pair)
    ? { command: pair, operands: words.slice(2) }
    : { command: first, operands: words.slice(1) };
}

/** The commands that begin with this word. */
export function commandsOfGroup(word: string): string[] {
  return Object.keys(COMMANDS).filter((name) => name.startsWith(`${word} `));
}

/** What is wrong with words that are no command, and what would be right. */
export function unknownCommand({ command, operands }: Words): string {
  const group = commandsOfGroup(command);
  const [verb] = operands;
  if (group.length === 0) {
    return `unknown command "${command}"${hint(command)}`;
  }
  if (verb === undefined) {
    return `${command} needs a second word: ${group.join(' or ')}`;
  }
  const typed = `${command} ${verb}`;
  return `unknown command "${typed}"${suggestion(typed, group) || `, expected ${group.join(' or ')}`}`;
}

function hint(command: string): string {
  if (Object.hasOwn(COMMON_OPTIONS, command)) {
    return `, did you mean --${command}?`;
  }
  if (/^(?:start|stop|restart|reload|enable|disable)$/.test(command)) {
    return `, did you mean systemctl ${command} monitor_service?`;
  }
  const firstWords = Object.keys(COMMANDS).map((name) => name.split(' ')[0] as string);
  return suggestion(command, firstWords);
}
