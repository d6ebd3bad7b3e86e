import { isSafeName, NAME_MAX_LENGTH } from '../configuration/value_kinds.ts';
import { isHarmful } from '../restart/harmful.ts';
import { programNameOf } from '../system/systemd.ts';

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
  const program = programNameOf(name);
  if (THIS_SERVICE.test(program)) {
    return 'it is this service';
  }
  return isHarmful(program) ? 'to start it would stop or harm this host' : undefined;
}
