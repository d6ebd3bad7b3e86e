import { isSafeName, NAME_MAX_LENGTH } from '../configuration/value_kinds.ts';

/** Names of programs, and with `systemd-` before them of units, that take the whole host into another state. */
const HOST_STATES = new Set([
  ...['halt', 'poweroff', 'reboot', 'soft-reboot', 'kexec', 'exit'],
  ...['suspend', 'hibernate', 'hybrid-sleep', 'suspend-then-hibernate'],
]);

/** Programs and units that harm the host by merely being started. */
const HARMFUL = new Set([
  ...['shutdown', 'init', 'telinit', 'runlevel', 'killall5', 'rescue', 'emergency', 'debug-shell'],
  ...['crontab', 'pwunconv', 'grpunconv'],
]);
const HARMFUL_KINDS = /^(?:initrd-|system-update)/;
const THIS_SERVICE = /^monitor_service(?:[-@]|$)/;

/** `systemctl restart %s` of a restart_command with `ctrl-alt-del.target` for a name would reboot the host. */
const OTHER_UNIT = /\.(?:target|socket|mount|automount|swap|timer|path|slice|scope|device)$/;

/** Why a name from the database may not be restarted; undefined where it may. */
export function refusalOf(name: string): string | undefined {
  if (!isSafeName(name)) {
    return `expected letters, digits and _.@:+-, at most ${NAME_MAX_LENGTH} characters, beginning with a letter or digit`;
  }
  if (OTHER_UNIT.test(name)) {
    return 'it names a systemd unit that is no service';
  }
  const program = name.replace(/\.service$/, '');
  if (THIS_SERVICE.test(program)) {
    return 'it is this service';
  }
  return isHarmful(program) ? 'to start it would stop or harm this host' : undefined;
}

function isHarmful(program: string): boolean {
  const state = program.replace(/^systemd-/, '');
  return HOST_STATES.has(state) || HARMFUL.has(program) || HARMFUL_KINDS.test(program);
}
