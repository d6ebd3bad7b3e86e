import { searchPath } from './environment.ts';
import { findProgram } from './programs.ts';
import type { Recipe } from './recipe.ts';
import { shellQuoted } from './shell_text.ts';
import { systemdRuns } from './systemd.ts';

/**
 * For `/bin/sh -s`, in two parts. The first one prepares, as the target user already, and ends by telling
 * its pid; the second one, sent in answer, becomes the program, or a shell that asks for the command line. A shell
 * that gets no answer starts nothing.
 *
 * Everything comes this way, not on a command line, which every user can read, nor to the programs that
 * still run as root: the environment may hold secrets, or libraries to load.
 */
export function preparation({ argv, directory, umask, environment }: Recipe): string {
  const exports = Object.entries(environment).map(
    ([name, value]) => `export ${name}=${shellQuoted(value)}`,
  );
  return [
    `set -- ${argv.map(shellQuoted).join(' ')}`,
    `umask ${umask}`,
    `cd ${shellQuoted(directory)} || exit 1`,
    FORGET,
    ...exports,
    'command -v -- "$1" >/dev/null || { echo "$1: no such program" >&2; exit 127; }',
    'echo $$',
    '',
  ].join('\n');
}

/**
 * systemd-cat, where there is one, connects the output with the journal and then becomes the program. It is
 * looked for here: PATH is the program's by then, and may begin where others can write.
 */
export function takeover(name: string, { commandLine }: Recipe): string {
  const journal = systemdRuns() ? findProgram('systemd-cat', searchPath()) : undefined;
  const withJournal = journal ? `${shellQuoted(journal)} -t ${shellQuoted(name)} -- ` : '';
  const input = commandLine === undefined ? '</dev/null' : '3>&1';
  return `exec ${withJournal}"$@" ${input} >/dev/null 2>&1\n`;
}

/**
 * Whatever the shell was started with, by this service or by systemd, is not the program's. PATH stays, for
 * a program that had none and was found all the same. A word of a value that looks like a variable does no harm.
 */
const FORGET = `set -f
for word in $(export -p); do
  case $word in
    PATH=*) ;;
    [A-Za-z_]*=*) command unset "\${word%%=*}" 2>/dev/null ;;
  esac
done
unset word
set +f`;
