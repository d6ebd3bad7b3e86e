import { replacingShell } from './shell_text.ts';

/**
 * A shell for one command line, which it is told on its standard input: a command line of a process could be
 * read by every user, and `pgrep -f` or `pkill -f` in the command would find the shell itself. Nothing runs before
 * the line break, so not where whoever was to send it is gone. Not `sh -s`: a bash that reads its script from
 * what the command redirects crashes. The command itself finds no standard input and no variable of ours.
 * The short name keeps other words than the shell's own out of what `pgrep -f` may find.
 */
const GATE = 'IFS= read -r c && exec </dev/null && eval "unset c; $c"';

/** The shell that waits for a command line. */
export const TOLD_SHELL = ['/bin/sh', '-c', GATE] as const;

/** The same, which says on descriptor 3 that it waits, and closes that. */
export const TOLD_SHELL_THAT_ASKS = ['/bin/sh', '-c', `echo >&3 && exec 3>&- && ${GATE}`] as const;

/** What to write to a shell that waits. @throws where no shell could be told so */
export function lineFor(command: string): string {
  if (/[\0\n]/.test(command)) {
    throw new Error('a command holds a line break or a NUL character');
  }
  return `${replacingShell(command)}\n`;
}
