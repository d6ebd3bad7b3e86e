import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rehearse } from '../../src/restart/rehearsal.ts';
import { systemdRuns } from '../../src/system/systemd.ts';
import { targetOf } from './stage.ts';

const steps = (keys: Record<string, unknown>, secrets: string[] = []) =>
  rehearse(targetOf('web', keys), { secrets: () => secrets });
const byService = (name: string) =>
  systemdRuns() ? `systemctl restart ${name}.service` : `service ${name} restart`;

describe('what a dry run tells', () => {
  test('is every step, with the commands as they would be run', () => {
    const keys = {
      restart_strategy: 'custom',
      system_name: 'nginx',
      pre_restart_command: '%s -t',
      restart_command: 'restart %s',
      health_check_command: 'curl http://localhost/%s',
    };
    assert.deepEqual(steps(keys), [
      'DRY RUN: would run the pre-restart command for web: nginx -t',
      'DRY RUN: would restart web (strategy: custom): restart nginx',
      'DRY RUN: would check the health of web: curl http://localhost/nginx',
      'DRY RUN: would clear the alarm of web once it is healthy',
    ]);
  });

  test('leaves out a pre_restart_command that is not there', () => {
    assert.deepEqual(steps({ restart_strategy: 'service' }), [
      `DRY RUN: would restart web (strategy: service): ${byService('web')}`,
      'DRY RUN: would check the health of web: pgrep web',
      'DRY RUN: would clear the alarm of web once it is healthy',
    ]);
  });

  test('names what strategy process ends and starts', () => {
    const [step = ''] = steps({ restart_strategy: 'process', start_command: '/srv/%s -d' });
    assert.match(step, /^DRY RUN: would restart web \(strategy: process\): .*\/srv\/web -d$/);
  });

  test('names both ways of strategy auto', () => {
    const [step = ''] = steps({ restart_strategy: 'auto' });
    const [service, process] = step.split(' where systemd knows the unit, else ');
    assert.equal(service, `DRY RUN: would restart web (strategy: auto): ${byService('web')}`);
    assert.match(process ?? '', /web/);
  });

  test('holds no secret', () => {
    const keys = { restart_strategy: 'custom', restart_command: 'restart hunter2hunter2' };
    assert.equal(
      steps(keys, ['hunter2hunter2'])[0],
      'DRY RUN: would restart web (strategy: custom): restart ********',
    );
  });
});
