import { statSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from '../../test/support/binary.ts';
import { runTool } from '../../test/support/child.ts';
import { find } from '../../test/support/packages.ts';
import { repository } from '../../test/support/repository.ts';
import { builtRpm } from '../../test/support/rpm.ts';
import { SCRIPT } from '../contenders/shell.ts';
import type { Contender, Figures, RowOf, Take } from '../row.ts';

const BINARY = 'binary';
const RPM = 'RPM';
const BUNDLE = 'bundle';
const INSTALLED = 'installed';

export const size: RowOf = () => ({
  number: 10,
  word: 'size',
  title: 'Binary, package and bundle',
  how:
    'Files as they are. Installed is what the distribution says of its package, without the Python that supervisord needs, and ' +
    'without the mysql client that the shell does. The floor is packed Node that does nothing.',
  figures: { [BINARY]: 'bytes', [RPM]: 'bytes', [BUNDLE]: 'bytes', [INSTALLED]: 'bytes' },
  without: find('dpkg-query') ? {} : { monit: 'no dpkg to ask', supervisord: 'no dpkg to ask' },
  goals: [
    {
      says: 'RPM: at most 32 MB',
      unit: 'bytes',
      value: (median) => median('service', RPM),
      atMost: 32e6,
    },
    {
      says: 'bundle: at most 700 KB',
      unit: 'bytes',
      value: (median) => median('service', BUNDLE),
      atMost: 700e3,
    },
  ],
  async open({ floor }) {
    const rpm = await builtRpm();
    const files = {
      [BINARY]: sizeOf(binary),
      [RPM]: sizeOf(rpm),
      [BUNDLE]: sizeOf(join(repository, 'dist/monitor_service.cjs')),
    };
    return {
      takes: [
        exact('service', async () => files),
        exact('shell', async () => ({ [INSTALLED]: sizeOf(SCRIPT) })),
        ...(find('dpkg-query')
          ? [
              exact('monit', () => installed('monit')),
              exact('supervisord', () => installed('supervisor')),
            ]
          : []),
        exact('floor', async () => ({ [BINARY]: sizeOf(floor.built) })),
      ],
      async close() {},
    };
  },
});

function exact(contender: Contender, measure: () => Promise<Figures>): Take {
  return { contender, measure, isExact: true };
}

function sizeOf(file: string): number {
  return statSync(file).size;
}

async function installed(name: string): Promise<Figures> {
  const kilobytes = await runTool('dpkg-query', ['-W', `--showformat=\${Installed-Size}`, name]);
  return { [INSTALLED]: 1024 * Number(kilobytes) };
}
