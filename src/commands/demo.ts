import { isSea } from 'node:sea';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { Stage } from './demo_stage.ts';
import { EXIT } from './exit_status.ts';

/** How long any scene may take. All of them together stay far below 20 seconds. */
const SCENE_MS = 8000;
const POLL_MS = 50;

/** Shows the service at work, on an embedded database in a temporary directory, and cleans up behind it. */
export async function demo(): Promise<number> {
  const stage = new Stage();
  const service = startService(stage);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => service.fail(new Error(`interrupted by ${signal}`)));
  }
  try {
    const seen = await play(stage, service).finally(service.stop);
    say(seen);
    return EXIT.done;
  } catch (error) {
    say(`The demonstration failed: ${(error as Error).message}`);
    return EXIT.failed;
  } finally {
    await stage.clear();
  }
}

/** Resolves to what there was to see. */
async function play(stage: Stage, service: RunningService): Promise<string> {
  const { web, mail } = stage;
  say(`Two small programs run: ${web} and ${mail}. A database says which processes are in`);
  say('alarm; the service, started now, looks into it every second.');
  await service.said('Starting Process Monitor Service');
  await stage.startPrograms();

  say(`${web} is killed, and its alarm raised.`);
  const killed = await stage.kill(web);
  stage.raiseAlarm(web);
  await service.said(`Alarm cleared for ${web}`);
  const restarted = stage.pidOf(web);

  say(`${mail} is put in alarm. Its health check can never pass, so no restart of it counts.`);
  stage.raiseAlarm(mail);
  await service.said(`Circuit breaker opened for ${mail}`);
  await service.said(`Circuit breaker open for ${mail}, skipping restart`);

  return `What was seen:
- ${web} (was PID ${killed}, now ${restarted}) was found, restarted and verified, and only then
  its alarm cleared; its notes say: ${stage.notesOf(web).trim()}
- ${mail} never got healthy. After three failures its circuit breaker opened: no more
  restarts until the reset time is over. Its alarm stands, for somebody to look.
To set it up for real: man monitor_service, or the README.`;
}

interface RunningService {
  /** Stops it, and waits for its end. */
  stop(): Promise<void>;
  /** Waits for a line of its log. @throws when it does not come */
  said(text: string): Promise<void>;
  /** Whoever waits for a line waits no more. */
  fail(error: Error): void;
}

/** The very program that runs this, as a process of its own. */
function startService(stage: Stage): RunningService {
  const self = isSea() ? [] : process.argv.slice(1, 2);
  const child = execa(process.execPath, [...self, 'run', '--config', stage.configuration], {
    stdin: 'ignore',
    detached: true, // Ctrl-C is for the demonstration, which stops it in order
    stderr: 'inherit',
    buffer: false,
    reject: false,
  });
  const lines: string[] = [];
  const reading = (async () => {
    for await (const line of child) {
      lines.push(line);
      process.stdout.write(`    ${line}\n`);
    }
  })();
  let heard = 0;
  let failure: Error | undefined;
  const said = async (text: string) => {
    for (let waited = 0; waited < SCENE_MS; waited += POLL_MS) {
      const index = lines.findIndex((line, at) => at >= heard && line.includes(text));
      if (index >= 0) {
        heard = index + 1;
        return;
      }
      await sleep(POLL_MS);
      if (failure) {
        throw failure;
      }
    }
    throw new Error(`the service did not say "${text}"`);
  };
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.all([reading, child]);
  };
  const fail = (error: Error) => {
    failure = error;
  };
  return { said, stop, fail };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
