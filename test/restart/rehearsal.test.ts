import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rehearse } from '../../src/restart/rehearsal.ts';
import { systemdRuns } from '../../src/system/systemd.ts';
import { restartStage, targetOf } from './stage.ts';

const steps = (keys: Record<string, unknown>, secrets: string[] = []) =>
  rehearse(targetOf('web', keys), restartStage(secrets).context);
const byService = (name: string) =>
  systemdRuns() ? `systemctl restart ${name}.service` : `service ${name} restart`;

describe('what a dry run tells', () => {
  test('is every step, with the commands as they would be run', async () => {
    const keys = {
      restart_strategy: 'custom',
      system_name: 'nginx',
      pre_restart_command: '%s -t',
      restart_command: 'restart %s',
      health_check_command: 'curl http://localhost/%s',
    };
    assert.deepEqual(await steps(keys), [
      'DRY RUN: would run the pre-restart command for web: nginx -t',
      'DRY RUN: would restart web (strategy: custom): restart nginx',
      'DRY RUN: would check the health of web: curl http://localhost/nginx',
      'DRY RUN: would clear the alarm of web once it is healthy',
    ]);
  });

  test('leaves out a pre_restart_command that is not there', async () => {
    assert.deepEqual(await steps({ restart_strategy: 'service' }), [
      `DRY RUN: would restart web (strategy: service): ${byService('web')}`,
      'DRY RUN: would check the health of web: pgrep web',
      'DRY RUN: would clear the alarm of web once it is healthy',
    ]);
  });

  test('names what strategy process ends and starts', async () => {
    const [step = ''] = await steps({ restart_strategy: 'process', start_command: '/srv/%s -d' });
    assert.match(step, /^DRY RUN: would restart web \(strategy: process\): .*\/srv\/web -d$/);
  });

  test('names the way that auto takes now, and no other', async () => {
    const [step = ''] = await steps({ restart_strategy: 'auto', system_name: 'no-such-program' });
    assert.match(
      step,
      /^DRY RUN: would restart web \(strategy: auto, now process.*\): end no-such-program and start it again$/,
    );
  });

  test('holds no secret', async () => {
    const keys = { restart_strategy: 'custom', restart_command: 'restart hunter2hunter2' };
    assert.equal(
      (await steps(keys, ['hunter2hunter2']))[0],
      'DRY RUN: would restart web (strategy: custom): restart ********',
    );
  });
});
