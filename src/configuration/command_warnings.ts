import { isShellWord, simpleCommands, type Word } from '../system/shell_text.ts';
import { programNameOf } from '../system/systemd.ts';
import { commandFor } from './command_for.ts';
import { formatsWithName } from './formats.ts';
import { PROCESS_KEYS } from './keys.ts';
import type { Problem } from './problem.ts';
import { DEFAULT_NAME, PROCESS_SECTION, type Settings, settingsOf } from './settings.ts';

/** A command as the file gives it. */
export interface GivenCommand {
  readonly line: number;
  readonly section: string;
  readonly key: string;
  readonly text: string;
}

/** What a command hardly means as it is written, as far as its text alone tells. */
export function commandWarnings(commands: readonly GivenCommand[], settings: Settings): Problem[] {
  return commands.flatMap((command) => {
    const { line, section, key } = command;
    const messages = [...formatWarnings(command), ...startWarnings(command, settings)];
    return messages.map(
      (message): Problem => ({ severity: 'warning', line, section, key, message }),
    );
  });
}

function formatWarnings({ text }: GivenCommand): string[] {
  return formatsWithName(text).map(
    (format) =>
      `%s behind "${format}" becomes the system name; write %%s for a %s of the program's own`,
  );
}

/** The process whose section a command is in; undefined for the default and other sections. */
export function processOfSection(section: string): string | undefined {
  const name = section.startsWith(PROCESS_SECTION) ? section.slice(PROCESS_SECTION.length) : '';
  return name === '' || name === DEFAULT_NAME ? undefined : name;
}

function startWarnings({ section, key, text }: GivenCommand, settings: Settings): string[] {
  const name = processOfSection(section);
  if (name === undefined || key !== 'start_command') {
    return [];
  }
  const { system_name, health_check_command, restart_strategy } = settingsOf(settings, name);
  const isStarted = restart_strategy === 'process' || restart_strategy === 'auto';
  const program = startedProgram(commandFor(text, system_name));
  const expected = programNameOf(system_name);
  const isLookedFor = health_check_command === PROCESS_KEYS.health_check_command.fallback;
  return isStarted && isLookedFor && program !== undefined && program !== expected
    ? [
        `starts ${program}, but the default health check looks for a program called ${expected}; ` +
          'set health_check_command or system_name',
      ]
    : [];
}

/** Programs that become the one behind them, and their options that take no value. */
const IN_FRONT: Readonly<Record<string, RegExp>> = {
  exec: /^--$/,
  command: /^--$/,
  nohup: /^--$/,
  setsid: /^(?:--|-[cfw]+|--(?:ctty|fork|wait))$/,
  env: /^(?:--|-|-i|--ignore-environment|[A-Za-z_]\w*=.*)$/s,
  nice: /^(?:--|-n?-?\d+|--adjustment=.*)$/,
  ionice: /^(?:--|-[cnt]\d*|-t|--class=.*|--classdata=.*)$/,
};

/** Programs that start another one, which is not looked for among their arguments. */
const STARTERS = new Set(
  (
    'sh bash dash ksh sudo su runuser doas setpriv chroot nsenter unshare timeout stdbuf taskset chrt numactl flock ' +
    'systemctl systemd-run systemd-cat service start-stop-daemon daemonize daemon docker podman ssh xargs script tmux screen'
  ).split(' '),
);

/** The name of the program that a command line leaves running; undefined where that can't be told. */
function startedProgram(line: string): string | undefined {
  const commands = simpleCommands(line)?.filter(({ words }) => words.length > 0);
  const last = commands?.at(-1);
  if (!last || commands?.some(({ separator }) => separator === '|' || separator === '||')) {
    return undefined;
  }
  let words: readonly Word[] = last.words;
  for (;;) {
    const [first] = words;
    const name = first && !first.isExpanded ? first.text.replace(/^.*\//s, '') : '';
    const options = Object.hasOwn(IN_FRONT, name) ? IN_FRONT[name] : undefined;
    if (!options) {
      return /^[\w.+@-]+$/.test(name) && !isShellWord(name) && !STARTERS.has(name)
        ? name
        : undefined;
    }
    const next = words.findIndex(({ text }, index) => index > 0 && !options.test(text));
    if (next < 0 || words[next]?.text.startsWith('-')) {
      return undefined;
    }
    words = words.slice(next);
  }
}
