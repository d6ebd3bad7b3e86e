import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { checkNow } from '../../../src/control/client.ts';
import { Scene } from '../../service/database_scene.ts';
import type { DatabaseAddress } from '../../support/address.ts';
import { type DatabaseServer, startMariadb } from '../../support/database_server.ts';
import { Disk, noDisk } from '../../support/disk.ts';
import { type FaultyProxy, startProxy } from '../../support/proxy.ts';
import type { Random } from '../../support/random.ts';
import type { Service } from '../../support/service.ts';
import { freshDatabase } from '../../support/test_database.ts';
import { waitFor } from '../../support/wait.ts';
import { workspace } from '../../support/workspace.ts';
import { type Patient, Patients } from './patients.ts';
import { installWitness } from './witness.ts';

/** Never by itself in the time of a trial. */
const SELDOM = 86_400;
/** Room for many changes, and soon filled. */
const DISK = 'size=16m';
const SETTLE_TIMEOUT_MS = 60_000;

/** A service under test with a proxy before a database server of its own, and processes to be healed. */
export class Bed {
  readonly server: DatabaseServer;
  readonly proxy: FaultyProxy;
  readonly scene: Scene;
  readonly disk: Disk | undefined;
  readonly patients: Patients;
  /** The service's own, straight to the server. */
  account: DatabaseAddress;
  #service: Service | undefined;

  private constructor(server: DatabaseServer, proxy: FaultyProxy, scene: Scene, disk?: Disk) {
    this.server = server;
    this.proxy = proxy;
    this.scene = scene;
    this.disk = disk;
    this.account = server.address;
    this.patients = new Patients(scene.space);
  }

  /** `timeout`: the service's time limits, in seconds. */
  static async open(timeout: number): Promise<Bed> {
    const disk = noDisk ? undefined : await Disk.mount(DISK);
    const server = await startMariadb();
    const database = await freshDatabase(server.address);
    const proxy = await startProxy({ host: server.host, port: server.port });
    const scene = new Scene(await workspace(), database, server.address);
    const bed = new Bed(server, proxy, scene, disk);
    await installWitness(database, disk?.path);
    await bed.#configure(timeout);
    bed.#service = await scene.start();
    await bed.settled();
    return bed;
  }

  get service(): Service {
    return this.#service as Service;
  }

  get database() {
    return this.scene.database;
  }

  /** The process dies, and its alarm is raised. */
  async raise(patient: Patient): Promise<void> {
    this.patients.die(patient);
    await this.database.raise(patient.id);
  }

  /** Asks for a check in one of the two ways. */
  async askForCheck(random: Random): Promise<void> {
    if (random(2) === 0) {
      this.service.signal('SIGUSR1');
    } else {
      await checkNow(this.scene.socket);
    }
  }

  /** A check of a service that is idle, and all the restarts that come of it. */
  async check(random: Random): Promise<void> {
    const askedAtMs = Date.now();
    await this.askForCheck(random);
    await this.settled(askedAtMs);
  }

  /** Waits until the service has checked since then and does nothing any more, or for so long. */
  async settled(sinceMs = 0, forMs = Number.POSITIVE_INFINITY): Promise<void> {
    const until = performance.now() + forMs;
    const isIdle = async () => {
      const report = await this.scene.status();
      if (report === undefined) {
        return false;
      }
      const { checks, restarts } = report;
      const lastAtMs = Date.parse(checks.last_at ?? '');
      const isWorking = checks.running || restarts.running + restarts.waiting > 0;
      return !isWorking && lastAtMs >= sinceMs - 1; // it is told in whole milliseconds
    };
    const isOver = async () => performance.now() > until || (await isIdle());
    await waitFor('the service to have checked', isOver, SETTLE_TIMEOUT_MS);
  }

  logLength(): number {
    return sizeOf(this.#log);
  }

  logSince(offset: number): string {
    const file = openSync(this.#log, 'r');
    try {
      const bytes = Buffer.alloc(fstatSync(file).size - offset);
      readSync(file, bytes, 0, bytes.length, offset);
      return bytes.toString();
    } finally {
      closeSync(file);
    }
  }

  async close(): Promise<void> {
    this.proxy.meddle(undefined);
    await this.scene.close();
    await this.proxy.close();
    await this.server.stop();
    this.disk?.close();
  }

  async #configure(timeout: number): Promise<void> {
    await this.patients.admit(this.database);
    const { name } = this.database;
    this.account = await this.scene.account([
      `SELECT ON ${name}.STATUS_PROCESS`,
      `SELECT ON ${name}.PROCESE`,
      `UPDATE (alarma, notes) ON ${name}.STATUS_PROCESS`,
    ]);
    this.scene.configure({
      address: { ...this.account, port: this.proxy.port },
      database: { connect_timeout: 1, query_timeout: timeout },
      monitor: { check_interval: SELDOM },
      logging: { max_log_size: 1_000_000 },
      processes: { default: this.patients.settings() },
    });
  }

  get #log(): string {
    return this.scene.space.path('monitor_service.log');
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
