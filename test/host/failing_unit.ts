/** Units that fail, and the template unit that systemd starts for them. */
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

export const ONE_LINE = '[Unit]\nOnFailure=monitor_service-alarm@%N.service\n';
/** Far less than the interval of the checks, and far more than it takes on a busy machine. */
export const AT_ONCE_MS = 20_000;
/** Only an alarm that wakes the service is seen to. */
export const CONFIG = {
  monitor: { check_interval: 300 },
  processes: {
    default: { health_check_stable_time: 0 },
    apache2: { system_name: 'httpd' },
    'mount-data': {
      system_name: 'srv\\x2ddata@\\xc3\\xa9',
      pre_restart_command: "systemctl cat %s > /dev/null && systemctl cat '%s' > /dev/null",
    },
  },
};

/** A unit that runs, with the drop-in. */
export async function startUnit(host: Host, name: string, dropIn = ONE_LINE): Promise<void> {
  const template = name.replace(/@.*/, '@');
  if (dropIn !== '') {
    host.write(`/etc/systemd/system/${template}.service.d/alarm.conf`, dropIn);
  }
  await host.unit(template);
  await host.sh(`systemctl start '${name}'`);
}

export const kill = (host: Host, name: string) => host.sh(`systemctl kill -s KILL '${name}'`);

/** Kills a unit, and waits until its process is healed; how long that took. */
export async function crash(host: Host, unit: string, process = unit): Promise<number> {
  const log = host.log().length;
  const begin = performance.now();
  await kill(host, unit);
  const cleared = `Alarm cleared for ${process} `;
  await host.waitForLog(cleared, { after: log, timeoutMs: AT_ONCE_MS });
  return performance.now() - begin;
}

/** What an instance of the template has said, once it has said something like this. */
export function hears(host: Host, unit: string, words: RegExp): Promise<string> {
  const journal = `journalctl -o cat -u 'monitor_service-alarm@${unit}' -t monitor_service`;
  const said = async () => {
    const text = await host.sh(journal);
    return words.test(text) && text;
  };
  return waitFor(`${words} in the journal`, said) as Promise<string>;
}

export function stateOf(host: Host, unit: string): Promise<string> {
  return host.property(`monitor_service-alarm@${unit}`, 'ActiveState');
}
