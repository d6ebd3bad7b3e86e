import { Terminal } from './terminal.ts';
import type { Workspace } from './workspace.ts';

export const TAB = '\t';
/** Readline puts all that is possible in the place of the word. */
export const ALL = '\x1b*';
const SHOW_LINE = '\x07';
const CLEAR_LINE = '\x15';

/** Somebody at a bash in a terminal, with a file of completion. */
export class Shell {
  readonly #terminal: Terminal;
  #count = 0;

  /** `before`: what the shell has read before the completion. */
  constructor(space: Workspace, completion: string, before = '') {
    const rc = [
      before,
      'bind "set bell-style none"',
      'bind "set enable-bracketed-paste off"',
      `bind -x '"\\C-g": printf "\\n<%s|%s>\\n" "$((++shown))" "$READLINE_LINE"'`,
      `set -u; shown=0; . ${completion}`,
      `cd ${space.path()}`,
      `PATH=${space.path('bin')}:$PATH PS1='ready '`,
    ];
    this.#terminal = new Terminal(
      ['--noprofile', '--rcfile', space.write('rc', rc.join('\n')), '-i'],
      { program: 'bash', columns: 1000, env: { TERM: 'dumb', HISTFILE: '', INPUTRC: '/dev/null' } },
    );
  }

  /** What is typed before the shell reads it is not for the shell. */
  ready(): Promise<void> {
    return this.#terminal.shows('ready ');
  }

  /** What the line is after these keys. */
  async line(keys: string): Promise<string> {
    this.#count += 1;
    this.#terminal.type(`${keys}${SHOW_LINE}`);
    await this.#terminal.shows(`\n<${this.#count}|`);
    await this.#terminal.shows('>\n');
    this.#terminal.type(CLEAR_LINE);
    const lines = this.#terminal.shown.split(`\n<${this.#count}|`)[1] as string;
    return lines.split('>\n')[0] as string;
  }

  /** All that may stand in the place of the last word. */
  async offers(line: string): Promise<string[]> {
    const whole = await this.line(`${line}${ALL}`);
    const kept = line.slice(0, line.lastIndexOf(' ') + 1);
    if (!whole.startsWith(kept)) {
      throw new Error(`completion changed ${line} to ${whole}`);
    }
    return whole.slice(kept.length).split(' ').filter(Boolean).sort();
  }

  async leave(): Promise<void> {
    this.#terminal.type(`${CLEAR_LINE}exit\n`);
    await this.#terminal.exit();
  }
}
