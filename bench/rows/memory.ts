import { setTimeout as sleep } from 'node:timers/promises';
import { checkOften, empty, type Watcher } from '../contenders/watcher.ts';
import { mainPidOf, memoryOf } from '../processes.ts';
import type { Contender, RowOf, Take } from '../row.ts';
import { commandOf, startWatched } from '../units.ts';

const RESIDENT = 'resident';
const ANONYMOUS = 'anonymous part';
const NAME = 'web-idle';
/** What has just begun is let come to rest. */
const SETTLE_MS = 500;

const TRIED = `
The goals were set where bare Node, packed the same way, had 8 MB anonymous; here it has what the floor shows, and the service takes 5
to 6 MB beside that, as the goal allows. Of what is resident, the rest is the file itself, which the kernel takes back when it needs
the memory.

Tried, with what each gave:

| tried | gave |
|---|---|
| V8 without compilers at run time, set once all is loaded (\`--no-opt --no-maglev --no-sparkplug --optimize-for-size\`) | 20 MB less, no more processor time per check; kept |
| \`--max-semi-space-size=1\` in SEA’s execArgv | 3 to 6 MB less; kept |
| \`--use-openssl-ca\`: Node’s list of authorities is not loaded | 1.6 MB and 12 ms of each start less; kept |
| children by node:child_process in place of execa | 2.5 MB and 20 ms of each start less; kept |
| the bundle without what packages bring for others | 3 MB less; kept |
| one buffer for reading /proc | 37 to 23 MB anonymous under load; kept |
| \`--lite-mode\` in execArgv | the same memory, but \`--version\` 5 ms slower |
| \`--jitless\` | 21 MB anonymous in execArgv; at run time the service hung |
| \`--single-threaded\`, \`--v8-pool-size=0\`, \`--max-lazy\`, MALLOC_ARENA_MAX=1 | nothing beyond the above |
| Node’s TLS loaded at first use | 0.5 MB resident and 0.1 to 0.2 MB anonymous less, packed or not, and 2 ms of each start; kept |
| Node’s crypto at first use as well | nothing, or 1 MB more: http has loaded it by then |
| \`--heap-growing-percent=30\`, \`--memory-reducer-gc-count=4\`, \`--compact-on-every-full-gc\` | nothing beyond the noise |
| \`--gc-global\`; \`--max-old-space-size=24\` | twice the processor time; 32 MB anonymous |
`.trim();

export const memory: RowOf = ({ idleChecks, idleMs, shellChecks }) => ({
  number: 7,
  word: 'memory',
  title: `Memory, idle after ${idleChecks} checks`,
  how:
    `/proc/PID/smaps_rollup of a fresh process each time; the service ${idleMs / 1000} s after its last check, as V8 tidies up once nothing happens; the shell after ${shellChecks} checks, its mysql clients not counted; monit and ` +
    'supervisord idle with one program to watch. The floor is Node packed the same way, doing nothing.',
  figures: { [RESIDENT]: 'bytes', [ANONYMOUS]: 'bytes' },
  tried: TRIED,
  without: {},
  goals: [
    {
      says: 'at most 58 MB',
      unit: 'bytes',
      value: (median) => median('service', RESIDENT),
      atMost: 58e6,
    },
    {
      says: 'at most 14.5 MB of it anonymous',
      unit: 'bytes',
      value: (median) => median('service', ANONYMOUS),
      atMost: 14.5e6,
    },
  ],
  async open({ host, service, shell, monit, supervisord, floor }) {
    await empty(service.database);
    await empty(shell.database);
    await startWatched(host, NAME);
    const command = await commandOf(host, NAME);
    /** Of what is started for this, and has done what it does. */
    const take = (
      contender: Contender,
      one: { unit: string; stop(): Promise<void> },
      start: () => Promise<void>,
      restMs = SETTLE_MS,
    ): Take => ({
      contender,
      async measure() {
        await start();
        await sleep(restMs);
        const { resident, anonymous } = memoryOf(await mainPidOf(host, one.unit));
        await one.stop();
        return { [RESIDENT]: resident, [ANONYMOUS]: anonymous };
      },
    });
    return {
      takes: [
        take('service', service, () => startAndCheck(service, idleChecks), idleMs),
        take('shell', shell, () => startAndCheck(shell, shellChecks)),
        take('monit', monit, () => monit.start(NAME)),
        take('supervisord', supervisord, () => supervisord.start(NAME, command)),
        take('floor', floor, () => floor.start()),
      ],
      async close() {
        await host.sh(`systemctl stop ${NAME}`);
      },
    };
  },
});

async function startAndCheck(watcher: Watcher, times: number): Promise<void> {
  await watcher.start();
  await checkOften(watcher, times);
}
