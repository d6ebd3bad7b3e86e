/** Processes whose restarts and health checks are of every speed, and what these tell of themselves. */
import { readFileSync } from 'node:fs';
import type { Random } from '../../support/random.ts';
import type { Workspace } from '../../support/workspace.ts';

/** How a process behaves, by the first word of its name, and of how many in a hundred. */
const KINDS: readonly (readonly [kind: string, percent: number])[] = [
  ['quick', 66], // healthy at once
  ['slow', 20], // its health check takes a while
  ['late', 10], // healthy only some time after its restart
  ['hangs', 3], // the first health check hangs until its timeout, the second attempt heals
  ['stuck', 1], // both attempts of a restart hang; that of the next check heals
];

/** How long a hanging one is waited for, in seconds; the slow ones have to be done by then. */
const CHECK_TIMEOUT = 2;
const ATTEMPTS = 2;
/** How many health checks of it hang. */
export const HANGING: Readonly<Record<string, number>> = { hangs: 1, stuck: ATTEMPTS };

export function mixedNames(count: number, random: Random): string[] {
  return Array.from({ length: count }, (_, index) => `${kindOf(random(100))}-${index + 1}`);
}

function kindOf(percent: number): string {
  let below = 0;
  for (const [kind, share] of KINDS) {
    below += share;
    if (percent < below) {
      return kind;
    }
  }
  throw new Error(`${percent} is beyond 100 percent`);
}

/** What restarts and checks them, as keys of `[process.default]`. */
export function mixedCommands(space: Workspace): Record<string, string | number> {
  return {
    restart_strategy: 'custom',
    restart_command: `${space.script('restart', RESTART(space.path()))} %s`,
    health_check_command: `${space.script('check', CHECK(space.path()))} %s`,
    health_check_timeout: CHECK_TIMEOUT,
    health_check_stable_time: 0,
    restart_delay: 0,
    max_attempts: ATTEMPTS,
    max_restarts: 0,
  };
}

/** Each line is appended as a whole, so the file is the order in which things happened. */
const RESTART = (home: string) => `echo "begins $1" >> ${home}/course
echo >> ${home}/restarts-of/$1
`;

/** A restart's place is taken from where it begins to where its health check passes, or begins to hang. */
const CHECK = (home: string) => `restarts=0
while read -r _; do restarts=$((restarts + 1)); done < ${home}/restarts-of/$1
case $1 in
slow-*) sleep 0.$((\${1#*-} % 7 + 1)) ;;
late-*) test -e ${home}/looked-at/$1 || { : > ${home}/looked-at/$1; exit 1; } ;;
hangs-*) hanging=${HANGING.hangs} ;;
stuck-*) hanging=${HANGING.stuck} ;;
esac
if test $restarts -le \${hanging:-0}; then
  echo "hangs $1" >> ${home}/course
  exec sleep 600
fi
echo "passes $1" >> ${home}/course
`;

/** What happened, in order. */
export interface Course {
  readonly restarts: number;
  readonly hung: number;
  readonly healed: ReadonlySet<string>;
  /** At the same time, at most. */
  readonly mostAtOnce: number;
}

export function readCourse(space: Workspace): Course {
  const running = new Set<string>();
  const healed = new Set<string>();
  const course = { restarts: 0, hung: 0, mostAtOnce: 0 };
  for (const line of readFileSync(space.path('course'), 'utf8').trim().split('\n')) {
    const [event, name = ''] = line.split(' ');
    if (event === 'begins') {
      course.restarts++;
      running.add(name);
      course.mostAtOnce = Math.max(course.mostAtOnce, running.size);
    } else {
      running.delete(name);
    }
    if (event === 'hangs') {
      course.hung++;
    } else if (event === 'passes') {
      healed.add(name);
    }
  }
  return { ...course, healed };
}
