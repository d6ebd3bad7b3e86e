import { basename } from 'node:path';
import { execa } from 'execa';
import { detachedOptions } from './detached.ts';
import { childEnvironment } from './environment.ts';
import { OutputTail } from './output_tail.ts';
import { ownGroups } from './own_groups.ts';
import type { Recipe, User } from './recipe.ts';
import { systemdRuns } from './systemd.ts';
import { within } from './within.ts';

/** The recipe of a command line for /bin/sh, run as this service's user. */
export function recipeOfCommand(commandLine: string): Recipe {
  return recipeOfProgram(['/bin/sh', '-c', commandLine]);
}

/** The recipe of a program and its arguments, run as this service's user. */
export function recipeOfProgram(argv: readonly string[]): Recipe {
  const environment = childEnvironment();
  return {
    argv,
    directory: '/',
    umask: '0022',
    environment,
    user: undefined,
    hasNoNewPrivileges: false,
  };
}

/** How long the preparations may take: systemd's answer, the change of user. */
const PREPARATION_MS = 10_000;
/** A program that can't run ends within this time of its start. */
const START_WINDOW_MS = 100;

let launched = 0;

/**
 * Starts a process that outlives this service: in a session of its own, with none of our files open, and
 * under systemd in a scope of its own, out of our unit's cgroup, with its output in the journal under the
 * name given. Resolves to undefined once it runs (or ended well, as a daemon's first process does), else to
 * the reason why not.
 */
export async function launch(
  recipe: Recipe,
  name = basename(recipe.argv[0] ?? ''),
): Promise<string | undefined> {
  const [file = '', ...args] = [...scope(), ...changeOfUser(recipe), '/bin/sh', '-s', '--'];
  const child = execa(file, [...args, ...recipe.argv], {
    ...detachedOptions(),
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'pipe',
  });
  const { nodeChildProcess: node } = child;
  if (child.pid === undefined) {
    return (await child).originalMessage ?? 'could not be started';
  }
  ownGroups.add(child.pid);
  const errors = new OutputTail();
  child.stderr.on('data', (chunk: Buffer) => errors.add(chunk));
  const exit = new Promise<string | undefined>((resolve) => {
    node.once('exit', (code, signal) => resolve(startFailure(code, signal)));
  });
  const replaced = new Promise<void>((resolve) => child.stderr.once('close', () => resolve()));
  child.stdin.on('error', () => {}); // its exit tells more
  child.stdin.end(startScript(recipe, name));
  // The program takes the shell's place with standard error closed: that is the moment it starts.
  const prepared = await within(replaced, PREPARATION_MS);
  ownGroups.delete(child.pid); // from here on it is nobody's but its own
  const failure = prepared ? await within(exit, START_WINDOW_MS) : { value: 'preparations hang' };
  if (!prepared) {
    node.kill('SIGKILL');
  }
  child.stderr.destroy();
  node.unref();
  return failure?.value && `${failure.value}${whatItSaid(errors, name)}`;
}

/** Of the preparations here; of the program itself in the journal, where there is one. */
function whatItSaid(errors: OutputTail, name: string): string {
  const [line] = errors.lastLines(1);
  if (line !== undefined) {
    return `: ${line}`;
  }
  return systemdRuns() ? `; journalctl -t ${name} has what it printed` : '';
}

function startFailure(code: number | null, signal: string | null): string | undefined {
  if (code === 0) {
    return undefined;
  }
  return code === null ? `ended by ${signal}` : `exit code ${code}`;
}

/** systemd-run moves itself out of our cgroup and then becomes the command. */
function scope(): string[] {
  if (!systemdRuns()) {
    return [];
  }
  const unit = `monitor_service-started-${process.pid}-${++launched}.scope`;
  return ['systemd-run', '--scope', '--quiet', '--collect', `--unit=${unit}`, '--'];
}

function changeOfUser({ user, hasNoNewPrivileges }: Recipe): string[] {
  const options = [...(user ? idsOf(user) : []), ...(hasNoNewPrivileges ? ['--no-new-privs'] : [])];
  return options.length > 0 ? ['setpriv', ...options, '--'] : [];
}

function idsOf({ uid, gid, groups }: User): string[] {
  const supplementary = groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups';
  return [`--reuid=${uid}`, `--regid=${gid}`, supplementary];
}

/**
 * Runs as the target user already. The environment comes this way, and not on the command line or to the
 * programs that still run as root: it may hold secrets, or libraries to load.
 */
function startScript({ directory, umask, environment }: Recipe, name: string): string {
  // PATH stays, for a program that had none and was found all the same.
  const { PATH: _, ...ours } = childEnvironment();
  const foreign = Object.keys(ours).filter((name) => !(name in environment));
  const exports = Object.entries(environment).map(
    ([name, value]) => `export ${name}=${quote(value)}`,
  );
  return [
    `umask ${umask}`,
    `cd ${quote(directory)} || exit 1`,
    ...foreign.map((name) => `unset ${name}`),
    ...exports,
    'command -v -- "$1" >/dev/null || { echo "$1: no such program" >&2; exit 127; }',
    ...(systemdRuns() ? [`command -v systemd-cat >/dev/null && ${toJournal(name)}`] : []),
    'exec "$@" </dev/null >/dev/null 2>&1',
    '',
  ].join('\n');
}

/** systemd-cat connects the output and then becomes the program. */
function toJournal(name: string): string {
  return `exec systemd-cat -t ${quote(name)} -- "$@" </dev/null >/dev/null 2>&1`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
