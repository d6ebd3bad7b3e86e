import { noBox } from '../test/support/box/box.ts';
import { bootHost, type Host } from '../test/support/box/host.ts';
import { find, install, RIVALS } from '../test/support/packages.ts';
import { workspace } from '../test/support/workspace.ts';
import { Floor } from './contenders/floor.ts';
import { Monit } from './contenders/monit.ts';
import { Service } from './contenders/service.ts';
import { Shell } from './contenders/shell.ts';
import { Supervisord } from './contenders/supervisord.ts';

/** A host of its own, and everybody who is measured on it. None of them runs before a row starts it. */
export interface Stage {
  readonly host: Host;
  readonly service: Service;
  readonly shell: Shell;
  readonly monit: Monit;
  readonly supervisord: Supervisord;
  readonly floor: Floor;
  close(): Promise<void>;
}

/** Why nothing can be measured here, after installing what the distribution has of the others; `false` where it can. */
export async function whyNoStage(): Promise<string | false> {
  if (noBox !== false) {
    return noBox;
  }
  await install(RIVALS);
  const missing = RIVALS.map(({ program }) => program).filter((program) => !find(program));
  const advice = 'this distribution has them elsewhere than in its own repositories';
  return missing.length > 0 && `not installed: ${missing.join(', ')}; ${advice}`;
}

/** Where there can be one: ask {@link whyNoStage} first. */
export async function openStage(): Promise<Stage> {
  const space = await workspace();
  const host = await bootHost();
  const close = async () => {
    await host.stop();
    await space.remove();
  };
  try {
    await host.setUp();
    const shell = new Shell(host, 1);
    await shell.install();
    return {
      host,
      service: new Service(host),
      shell,
      monit: new Monit(host),
      supervisord: new Supervisord(host),
      floor: await Floor.make(host, space),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
