/** Disks that are full for a while: that of the log, and that of the control socket. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { Disk } from '../../support/disk.ts';
import { type Kind, lacksDisk } from './kind.ts';
import { linesOf } from './ledger.ts';
import { Survivor } from './survivor.ts';

const ALARMS = 20;
const CANNOT = / - WARNING - Log file \S+ cannot be written: no space left on the disk; messages/;
const AGAIN =
  / - WARNING - Log file \S+ is written again; (\d+) messages? (?:is|are) missing from it$/;

export const logDiskFull: Kind = {
  what: 'log disk full, and then not: no line is lost without being counted',
  quick: 2,
  long: 25,
  lacks: lacksDisk,
  run: ({ times, random }) =>
    Survivor.with(async (survivor) => {
      const disk = await survivor.stage.disk('size=2m');
      const log_file = `${disk.path}/monitor_service.log`;
      survivor.configure({ logging: { log_file, max_log_size: 1024 } });
      await survivor.start();
      for (let round = 0; round < times; round++) {
        await survivor.heals(1 + random(ALARMS)); // leaves its end anywhere in a block
        disk.fill();
        const after = survivor.service.stdout().length;
        const isTold = () => CANNOT.test(survivor.service.stdout().slice(after));
        await survivor.healsUntil(isTold, random, ALARMS);
        disk.makeRoom();
        await survivor.heals(1 + random(ALARMS));
        await survivor.unharmed();
      }
      await survivor.stop();
      const told = survivor.service.stdout().split('\n').slice(0, -1);
      const counts = linesOf(log_file).map((line) => Number(AGAIN.exec(line)?.[1] ?? 0));
      assert.equal(counts.filter((count) => count > 0).length, times, 'each gap is told');
      const missing = counts.reduce((sum, count) => sum + count, 0);
      const onlyThere = told.filter((line) => CANNOT.test(line)).length;
      assert.equal(counts.length + missing, told.length - onlyThere, 'and how large it is');
    }),
};

export const runtimeDiskFull: Kind = {
  what: 'disk of the runtime directory full: no lock and no control socket can be made',
  quick: 1,
  long: 5,
  lacks: lacksDisk,
  run: ({ times, random }) =>
    Survivor.with(async (survivor) => {
      const disk = await survivor.stage.disk('size=64k,nr_inodes=8');
      survivor.configure({ monitor: { control_socket: `${disk.path}/control.sock` } });
      for (let round = 0; round < times; round++) {
        const fillers = fillInodes(disk);
        await survivor.start();
        await survivor.service.waitForLog(/Control socket \S+ cannot be made: /);
        await survivor.heals(1 + random(ALARMS));
        await survivor.unharmed({ answers: false });
        await survivor.stop();
        for (const filler of fillers) {
          writeFileSync(filler, '');
        }
      }
    }),
};

function fillInodes({ path }: Disk): string[] {
  const made: string[] = [];
  try {
    for (;;) {
      const file = `${path}/filler-${made.length}`;
      writeFileSync(file, '');
      made.push(file);
    }
  } catch {
    return made; // ENOSPC: there are no more.
  }
}
