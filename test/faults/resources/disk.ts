import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../../service/stage.ts';
import { runTool } from '../../support/child.ts';
import { own } from '../../support/reaper.ts';

const FILLER = 'filler';

/** A small disk of its own, for as long as the stage is there. */
export class Disk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async mount(stage: Stage, name: string, options: string): Promise<Disk> {
    const disk = new Disk(stage.space.path(name));
    mkdirSync(disk.path);
    await runTool('mount', ['-t', 'tmpfs', '-o', `mode=700,${options}`, 'none', disk.path]);
    const unmount = () => void execFileSync('umount', ['--lazy', disk.path]);
    const disown = own(unmount);
    stage.undo(() => {
      unmount();
      disown();
    });
    return disk;
  }

  /** Fills it to its last byte. */
  fill(): void {
    const descriptor = openSync(join(this.path, FILLER), 'w');
    try {
      for (;;) {
        writeSync(descriptor, Buffer.alloc(4096));
      }
    } catch {
      // ENOSPC: that is what it is for.
    } finally {
      closeSync(descriptor);
    }
  }

  makeRoom(): void {
    rmSync(join(this.path, FILLER));
  }
}
