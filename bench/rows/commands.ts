import { MONIT } from '../contenders/monit.ts';
import { SUPERVISORCTL } from '../contenders/supervisord.ts';
import { empty, fill } from '../contenders/watcher.ts';
import { timedMs } from '../processes.ts';
import type { Contender, Goal, RowOf } from '../row.ts';
import { commandOf, namesOf, startWatched, stopUnits } from '../units.ts';

const VERSION = '--version';
const LIST = 'list';
const CHECK = 'check-config';

export const commands: RowOf = () => ({
  number: 8,
  word: 'commands',
  title: 'Commands, from their start to their end',
  how:
    'Timed by a shell in the host. list: 5 processes in a database on the same host; of monit `status`, of supervisord `supervisorctl ' +
    'status`. check-config: of monit `-t`. The floor is `node -e 0` on the bare Node that the service is packed on, and the packed one ' +
    'that does nothing.',
  tried:
    'From one run to the next --version is between 1.2 and 1.35 times. What it takes beyond the packed floor is to load its ' +
    'commands, by a code cache without which it were 8 ms more; V8 without compilers from the start was 5 ms slower.',
  figures: { [VERSION]: 'ms', [LIST]: 'ms', [CHECK]: 'ms', 'node -e 0': 'ms', packed: 'ms' },
  without: { shell: 'has no commands' },
  eagerness: 2,
  goals: [
    goal('--version: at most 1.25 times node -e 0', VERSION, 1.25),
    goal('list: at most 2.5 times node -e 0', LIST, 2.5),
    goal('check-config: at most 2.5 times node -e 0', CHECK, 2.5),
  ],
  async open({ host, service, monit, supervisord, floor }) {
    const [unit = ''] = namesOf('listed', 1);
    const name = 'web-listed';
    await startWatched(host, unit);
    await fill(service, namesOf('process', 5));
    service.configure({});
    await monit.start(unit);
    await supervisord.start(name, await commandOf(host, name));
    const take = (contender: Contender, figure: string, command: string) => ({
      contender,
      measure: async () => ({ [figure]: await timedMs(host, command) }),
    });
    return {
      takes: [
        take('floor', 'node -e 0', `${floor.node} -e 0`),
        take('service', VERSION, 'monitor_service --version'),
        take('service', LIST, 'monitor_service list'),
        take('service', CHECK, 'monitor_service check-config'),
        take('floor', 'packed', floor.packed),
        take('monit', VERSION, 'monit --version'),
        take('monit', LIST, `${MONIT} status`),
        take('monit', CHECK, `${MONIT} -t`),
        take('supervisord', VERSION, 'supervisord --version'),
        take('supervisord', LIST, `${SUPERVISORCTL} status`),
      ],
      async close() {
        await Promise.all([monit.stop(), supervisord.stop()]);
        await stopUnits(host, [unit]);
        await empty(service.database);
      },
    };
  },
});

function goal(says: string, figure: string, atMost: number): Goal {
  return {
    says,
    unit: '',
    value: (median) => median('service', figure) / median('floor', 'node -e 0'),
    atMost,
  };
}
