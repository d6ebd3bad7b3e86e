import { isSafeName, NAME_MAX_LENGTH } from '../configuration/value_kinds.ts';

/** Programs and units that stop or leave the host, or are this service: a row of the table must not reach them. */
const NEVER_RESTARTED =
  /^(?:(?:systemd-)?(?:halt|poweroff|reboot|soft-reboot|kexec|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|exit)|shutdown|init|telinit|runlevel|rescue|emergency|debug-shell|initrd-.*|system-update.*|monitor_service(?:[-@].*)?)(?:\.service)?$/;

/** Why a name from the database may not be restarted; undefined where it may. */
export function refusalOf(name: string): string | undefined {
  if (!isSafeName(name)) {
    return `expected letters, digits and _.@:+-, at most ${NAME_MAX_LENGTH} characters, beginning with a letter or digit`;
  }
  if (NEVER_RESTARTED.test(name)) {
    return 'it would stop this host or this service';
  }
  return undefined;
}
