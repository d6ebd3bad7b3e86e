import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { own } from '../../support/reaper.ts';
import { waitFor } from '../../support/wait.ts';

type Controller = 'pids' | 'memory';

/** A control group whose processes share a limit, by the first or the second version of the kernel's interface. */
export class ControlGroup {
  readonly procs: string;
  readonly #directory: string;
  readonly #disown: () => void;

  /** @throws where {@link noControlGroup} says why */
  constructor(controller: Controller, name: string) {
    this.#directory = join(parentFor(controller) ?? '', name);
    mkdirSync(this.#directory);
    this.#disown = own(() => rmdirSync(this.#directory));
    this.procs = join(this.#directory, 'cgroup.procs');
  }

  /** How many processes and threads are in it. */
  get tasks(): number {
    return Number(this.#read('pids.current'));
  }

  /** So many processes and threads at most. */
  limitTasks(most: number | 'max'): void {
    this.#write('pids.max', most);
  }

  /** So much memory at most, and no swap. */
  limitMemory(bytes: number): void {
    if (this.#has('memory.max')) {
      this.#write('memory.max', bytes);
      this.#write('memory.swap.max', 0);
      return;
    }
    this.#write('memory.limit_in_bytes', bytes);
    if (this.#has('memory.memsw.limit_in_bytes')) {
      this.#write('memory.memsw.limit_in_bytes', bytes);
    }
  }

  /** How many of its processes the kernel ended for want of memory. */
  get oomKills(): number {
    const file = this.#has('memory.events') ? 'memory.events' : 'memory.oom_control';
    return Number(/^oom_kill (\d+)$/m.exec(this.#read(file))?.[1]);
  }

  /** The most memory that it ever had, the kernel's buffers of files included; undefined where it is not told. */
  get peakBytes(): number | undefined {
    const file = ['memory.peak', 'memory.max_usage_in_bytes'].find((name) => this.#has(name));
    return file === undefined ? undefined : Number(this.#read(file));
  }

  /** Removes it, once nothing is in it any more. */
  async remove(): Promise<void> {
    await waitFor('an empty control group', () => readFileSync(this.procs, 'utf8') === '');
    rmdirSync(this.#directory);
    this.#disown();
  }

  #has(file: string): boolean {
    return existsSync(join(this.#directory, file));
  }

  #read(file: string): string {
    return readFileSync(join(this.#directory, file), 'utf8');
  }

  #write(file: string, value: number | string): void {
    writeFileSync(join(this.#directory, file), `${value}`);
  }
}

/** Why no such limit can be set here; undefined where it can. */
export function noControlGroup(controller: Controller): string | undefined {
  return process.getuid?.() === 0 && parentFor(controller) !== undefined
    ? undefined
    : `needs root, and a control group that may limit ${controller}`;
}

/** The nearest group above this process in which groups with such a limit can be made. */
function parentFor(controller: Controller): string | undefined {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  for (const line of lines) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers.split(',').includes(controller)) {
      const mount = mountPoint(
        (type, options) => type === 'cgroup' && options.includes(controller),
      );
      return mount && join(mount, path);
    }
  }
  const own = lines.find((line) => line.startsWith('0::'))?.slice('0::'.length) ?? '/';
  const root = mountPoint((type) => type === 'cgroup2') ?? '';
  for (let path = join(root, own); path.startsWith(root); path = dirname(path)) {
    const control = join(path, 'cgroup.subtree_control');
    if (existsSync(control) && readFileSync(control, 'utf8').split(/\s+/).includes(controller)) {
      return path;
    }
    if (path === '/') {
      break;
    }
  }
  return undefined;
}

function mountPoint(fits: (type: string, options: string[]) => boolean): string | undefined {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const fields = lines.map((line) => line.split(' '));
  return fields.find(([, , type = '', options = '']) => fits(type, options.split(',')))?.[1];
}
