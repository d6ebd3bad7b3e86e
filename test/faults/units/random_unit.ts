/** Units of every kind, and what has to become of the alarm of each. */
import { pick, type Random } from '../../support/random.ts';

export interface RandomUnit {
  /** The process of the table, and its program. */
  readonly name: string;
  /** Without `.service`: often the program's name. */
  readonly unit: string;
  readonly type: 'simple' | 'exec' | 'forking' | 'oneshot';
  readonly restart: 'no' | 'on-failure' | 'on-abnormal' | 'always';
  readonly restartSec: number;
  readonly program: Program;
  readonly strategy: 'auto' | 'service' | 'process';
  /** What happens to it before its alarm. */
  readonly fate: Fate;
}

interface Program {
  /** Seconds until it ends by itself; undefined: it stays. */
  readonly livesFor: number | undefined;
  readonly end: 'exit 0' | 'exit 1' | 'kill "SEGV", $$';
  readonly onTerm: 'ends' | 'ends slowly' | 'ignores it';
}

type Fate = 'left alone' | 'killed' | 'stopped by hand' | 'frozen' | 'never started';

/** Shorter than health_check_stable_time, and than every pause of systemd before a restart but the first. */
const SHORT_LIVES = [0, 0.3] as const;
const RESTART_PAUSES = [0.1, 1, 3] as const;

export function randomUnit(name: string, random: Random): RandomUnit {
  const type = pick(random, ['simple', 'simple', 'exec', 'forking', 'oneshot'] as const);
  const strategy =
    type === 'oneshot'
      ? pick(random, ['auto', 'service'] as const)
      : pick(random, ['auto', 'service', 'process', 'process'] as const);
  const isOther = strategy !== 'service' && type !== 'oneshot' && random(3) === 0;
  const stays = type !== 'oneshot' && random(3) > 0;
  return {
    ...{ name, type, strategy, unit: isOther ? `of-${name}` : name },
    restart:
      type === 'oneshot'
        ? 'no'
        : pick(random, ['no', 'on-failure', 'on-abnormal', 'always'] as const),
    restartSec: pick(random, RESTART_PAUSES),
    program: {
      livesFor: stays ? undefined : pick(random, SHORT_LIVES),
      end: pick(random, ['exit 0', 'exit 1', 'kill "SEGV", $$'] as const),
      onTerm: pick(random, ['ends', 'ends', 'ends slowly', 'ignores it'] as const),
    },
    fate: pick(random, [
      'left alone',
      'killed',
      'killed',
      'stopped by hand',
      'frozen',
      'never started',
    ] as const),
  };
}

/** In a word for the tallies, and for whoever reads of a failure. */
export function describeUnit({
  type,
  restart,
  restartSec,
  strategy,
  fate,
  program,
  unit,
  name,
}: RandomUnit): string {
  const life =
    program.livesFor === undefined ? 'stays' : `${program.end} after ${program.livesFor} s`;
  return `${name} in ${unit}.service (${type}, Restart=${restart}, ${restartSec} s, ${life}, at SIGTERM ${program.onTerm}), ${strategy}, ${fate}`;
}

/**
 * `healed`: the alarm has to be cleared; `never`: it must not be, as the program is dead when it is looked at again.
 * Undefined where both are true of what systemd starts again and again.
 */
export function expectationOf({
  type,
  restart,
  program,
}: RandomUnit): 'healed' | 'never' | undefined {
  if (program.livesFor === undefined) {
    return 'healed';
  }
  if (type === 'oneshot') {
    return program.end === 'exit 0' ? 'healed' : 'never';
  }
  const isRestarted =
    restart === 'always' ||
    (restart === 'on-failure' && program.end !== 'exit 0') ||
    (restart === 'on-abnormal' && program.end.startsWith('kill'));
  return isRestarted ? undefined : 'never';
}

/** Must exactly one copy run in the end? */
export function staysAlive(unit: RandomUnit): boolean {
  return unit.program.livesFor === undefined;
}

export function unitText({ name, type, restart, restartSec }: RandomUnit): string {
  const program = `/usr/local/bin/${name}`;
  return [
    '[Service]',
    `Type=${type}`,
    `ExecStart=${type === 'forking' ? `/bin/sh -c "setsid -f ${program} </dev/null >/dev/null 2>&1"` : program}`,
    `Restart=${restart}`,
    `RestartSec=${restartSec}`,
    'StartLimitIntervalSec=0',
    'TimeoutStopSec=2',
    '',
  ].join('\n');
}

const ON_TERM = {
  ends: '',
  'ends slowly': '$SIG{TERM} = sub { select(undef, undef, undef, 0.5); exit 0 };',
  'ignores it': '$SIG{TERM} = "IGNORE";',
} as const;

export function programText({ program: { livesFor, end, onTerm } }: RandomUnit): string {
  const life =
    livesFor === undefined
      ? 'sleep 600 while 1;'
      : `select(undef, undef, undef, ${livesFor}); ${end};`;
  return `#!/usr/bin/perl\n${ON_TERM[onTerm]}\n${life}\n`;
}
