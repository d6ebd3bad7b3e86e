import type { Host } from '../../test/support/box/host.ts';
import { waitFor } from '../../test/support/wait.ts';

const CONFIG = '/opt/monit.conf';
const LOG = '/var/log/monit.log';
export const MONIT = `monit -c ${CONFIG}`;

/** monit, with the shortest cycle that it has. */
export class Monit {
  readonly unit = 'monit-bench';
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Watches a unit that leaves its number in /run/NAME.pid. */
  async start(name: string): Promise<void> {
    const text = `set daemon 1
set log ${LOG}
set pidfile /run/monit.pid
set idfile /run/monit.id
set statefile /run/monit.state
set httpd unixsocket /run/monit.sock
  allow root:root
check process ${name} with pidfile /run/${name}.pid
  start program = "/bin/systemctl start ${name}"
  stop program = "/bin/systemctl stop ${name}"
`;
    this.#host.write(CONFIG, text, 0o600);
    this.#host.write(LOG, '');
    await this.#host.unit(this.unit, `[Service]\nExecStart=/usr/bin/${MONIT} -I\n`);
    await this.#host.sh(`systemctl start ${this.unit}`);
    await waitFor('monit to see it', async () => {
      const { stdout } = await this.#host.box.exec(`${MONIT} summary -B`);
      return new RegExp(`${name} +OK`).test(stdout);
    });
  }

  async stop(): Promise<void> {
    await this.#host.sh(`systemctl stop ${this.unit}`);
  }

  logFile(): string {
    return this.#host.box.path(LOG);
  }
}
