import { basename } from 'node:path';
import type { Limits } from './systemd.ts';
import type { Unanswered } from './unit_state.ts';
import { wholeOutputOf } from './whole_output.ts';

/** A service that systemd has loaded: it was started, is enabled, or another unit speaks of it. */
export interface ServiceUnit {
  readonly unit: string;
  /**
   * The names of the programs that it starts. Of one that waits to restart, all that its command may name: what a shell
   * starts there is started soon.
   */
  readonly programs: readonly string[];
  /** It runs its programs to their end, and has no process that stays. */
  readonly isOneshot: boolean;
  /** It runs, failed, or is about to run again. */
  readonly wasStarted: boolean;
}

export type ServiceUnits =
  | { readonly kind: 'known'; readonly units: readonly ServiceUnit[] }
  /** More than is read, or not all of it came. */
  | { readonly kind: 'cut' }
  | Unanswered;

/** What systemctl takes for every service that is loaded. */
export const ALL_SERVICES = '*.service';
/** Thousands of units. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Asks systemd for all services that it has loaded. */
export async function serviceUnits(limits: Limits): Promise<ServiceUnits> {
  const properties = '--property=Id,Type,ActiveState,SubState,ExecStart';
  const command = ['systemctl', 'show', '--all', properties, '--', ALL_SERVICES];
  const { result, text } = await wholeOutputOf(command, MAX_BYTES, limits);
  if (!result.ok) {
    return { kind: 'unknown', result };
  }
  return text === undefined ? { kind: 'cut' } : { kind: 'known', units: parseServiceUnits(text) };
}

const NEXT_UNIT = /\n\n(?=(?:Id|Type|ActiveState|SubState|ExecStart)=)/;
const UNIT_NAME = /^[\w:.\\@-]+\.service$/;
const PROGRAM = /^\{ path=(.*?) ; argv\[\]=/;

/**
 * systemctl shows arguments as they are, line breaks included, so that these may look like properties. Then the
 * unit has all that it seems to have: one unit too many holds a restart up, one too few starts a second copy.
 */
export function parseServiceUnits(text: string): ServiceUnit[] {
  return text.split(NEXT_UNIT).flatMap((properties) => {
    const valuesOf = (name: string) =>
      [...properties.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
    const isWaiting = valuesOf('SubState').some((state) => state.startsWith('auto-restart'));
    const programs = valuesOf('ExecStart').flatMap((value) => programOf(value) ?? []);
    const facts = {
      programs: isWaiting ? [...programs, ...wordsOf(properties)] : programs,
      isOneshot: valuesOf('Type').every((type) => type === 'oneshot'),
      wasStarted: valuesOf('ActiveState').some((state) => state !== 'inactive'),
    };
    const names = valuesOf('Id').filter((name) => UNIT_NAME.test(name));
    return names.map((unit) => ({ unit, ...facts }));
  });
}

function programOf(execStart: string): string | undefined {
  const path = PROGRAM.exec(execStart)?.[1];
  return path === undefined ? undefined : basename(path);
}

/** The names of files among the words of a command, quoted and redirected ones too. */
function wordsOf(command: string): string[] {
  return command.split(/[\s;&|()<>"'=]+/).map((word) => basename(word));
}
