import type { Host } from '../../test/support/box/host.ts';
import { waitFor } from '../../test/support/wait.ts';

const CONFIG = '/opt/supervisord.conf';
const LOG = '/var/log/supervisord.log';
export const SUPERVISORCTL = `supervisorctl -c ${CONFIG}`;

/** supervisord with its own settings: a program runs once it has been up for a second. */
export class Supervisord {
  readonly unit = 'supervisord-bench';
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Runs a command under this name, and starts it anew when it ends. */
  async start(name: string, command: string): Promise<void> {
    const text = `[supervisord]
logfile = ${LOG}
pidfile = /run/supervisord.pid
nodaemon = true
[unix_http_server]
file = /run/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl = unix:///run/supervisor.sock
[program:${name}]
command = ${command}
autorestart = true
`;
    this.#host.write(CONFIG, text);
    this.#host.write(LOG, '');
    await this.#host.unit(
      this.unit,
      `[Service]\nExecStart=/usr/bin/supervisord -n -c ${CONFIG}\nStandardOutput=null\n`,
    );
    await this.#host.sh(`systemctl start ${this.unit}`);
    const isRunning = () => this.#host.read(LOG).includes(`${name} entered RUNNING state`);
    await waitFor('supervisord to run it', isRunning);
  }

  async stop(): Promise<void> {
    await this.#host.sh(`systemctl stop ${this.unit}`);
  }

  logFile(): string {
    return this.#host.box.path(LOG);
  }
}
