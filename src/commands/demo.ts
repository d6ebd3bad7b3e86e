import { DemoService } from './demo_service.ts';
import { Stage } from './demo_stage.ts';
import { EXIT } from './exit_status.ts';

/** The play itself takes about 8 seconds; with starting and cleaning up it ends in under 20, come what may. */
const LIMIT_MS = 15_000;

/** Shows the service at work, on an embedded database in a temporary directory, and cleans up behind it. */
export async function demo(): Promise<number> {
  const stage = new Stage();
  const service = new DemoService(stage.configuration, LIMIT_MS);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => service.fail(new Error(`interrupted by ${signal}`)));
  }
  process.stdout.once('error', (error) => service.fail(error)); // nobody watches any more
  try {
    const seen = await play(stage, service).finally(() => service.stop());
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
async function play(stage: Stage, service: DemoService): Promise<string> {
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
To set it up for real: README.md, "Install".`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
