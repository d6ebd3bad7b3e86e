import { nearest } from '../configuration/nearest.ts';
import { isSafeName } from '../configuration/value_kinds.ts';
import { COMMANDS, DEFAULT_COMMAND } from './commands.ts';

/** What is asked about the program itself as a command or as an option. */
export const ABOUT_PROGRAM: readonly string[] = ['help', 'version'];

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
    return `unknown command "${command}"${hint(command, verb)}`;
  }
  if (verb === undefined) {
    return `${command} needs a second word: ${group.join(' or ')}`;
  }
  const verbs = group.map((name) => name.slice(command.length + 1));
  const meant = slipOf(verb, verbs, []);
  const answer = meant ? `did you mean ${command} ${meant}?` : `expected ${group.join(' or ')}`;
  return `unknown command "${command} ${verb}", ${answer}`;
}

/** Words of other programs for what an operator may want: each is meant as it is, and is no slip of another one. */
const VERBS = new Set(
  (
    'ack acknowledge add cancel check clean clear close create delete disable edit enable end get help info kill list ' +
    'log logs ls open pause ping print read reload remove reset restart resume rm run set show silence start status stop ' +
    'test unset update version view watch'
  ).split(' '),
);

/** Commands that only show something, so that to be suggested wrongly does no harm. */
const HARMLESS = new Set([
  'status',
  'list',
  'history',
  'check-config',
  'check',
  'metrics',
  'hosts',
  ...ABOUT_PROGRAM,
]);

/** What systemctl does, to the service itself and to any other unit. */
const OF_SYSTEMD = /^(?:start|stop|restart|reload|enable|disable)$/;

/** What does to the service what this command does to processes; empty if it is no word of systemctl's. */
export function forServiceItself(command: string): string {
  return OF_SYSTEMD.test(command)
    ? `; for the service itself: systemctl ${command} monitor_service`
    : '';
}

function hint(command: string, operand: string | undefined): string {
  if (OF_SYSTEMD.test(command)) {
    if (operand === undefined) {
      return forServiceItself(command);
    }
    return isSafeName(operand) ? `; for a unit: systemctl ${command} ${operand}` : '';
  }
  const firstWords = Object.keys(COMMANDS).map((name) => name.split(' ')[0] as string);
  const known = [...new Set([...firstWords, ...ABOUT_PROGRAM])];
  const harmless = known.filter((name) => HARMLESS.has(name));
  const meant = slipOf(command, known, harmless);
  return meant === undefined ? '' : `, did you mean ${meant}?`;
}

/** The word of which another is a slip of the finger; what does harm has to be typed all but right. */
function slipOf(
  typed: string,
  known: readonly string[],
  harmless: readonly string[],
): string | undefined {
  return VERBS.has(typed) ? undefined : (nearest(typed, known, 1) ?? nearest(typed, harmless));
}
