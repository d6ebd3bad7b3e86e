import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { restart } from '../../src/restart/restart.ts';
import { isAlive } from '../support/processes.ts';
import { waitFor } from '../support/wait.ts';
import { restartStage, targetOf } from './stage.ts';

const CUSTOM = { restart_strategy: 'custom', health_check_command: 'exit 0' };

describe('when the service stops', () => {
  test('no attempt begins', async () => {
    const { records, context, stopping } = restartStage();
    stopping.abort();
    const target = targetOf('nginx', { ...CUSTOM, restart_command: 'exit 0' });
    assert.equal(await restart(target, 2, context), 'interrupted');
    assert.deepEqual(records, []);
  });

  test('the attempt that runs is finished and verified', async () => {
    const { context, stopping, records } = restartStage();
    const target = targetOf('nginx', { ...CUSTOM, restart_command: 'sleep 0.2' });
    const restarting = restart(target, 2, context);
    await waitFor('the attempt', () => records[0]?.process);
    stopping.abort();
    assert.equal(await restarting, 'verified');
  });

  test('an attempt that failed is not followed by another', async () => {
    const { context, stopping, records } = restartStage();
    const target = targetOf('nginx', { ...CUSTOM, restart_command: 'sleep 0.2; exit 1' });
    const restarting = restart(target, 2, context);
    await waitFor('the attempt', () => records[0]?.process);
    stopping.abort();
    assert.equal(await restarting, 'interrupted');
    assert.deepEqual(
      records.map(({ outcome }) => outcome),
      ['failed'],
    );
  });

  test('for good, what runs is ended and recorded as interrupted', async () => {
    const { context, stopping, ending, records } = restartStage();
    const target = targetOf('nginx', { ...CUSTOM, restart_command: 'sleep 60' });
    const restarting = restart(target, 2, context);
    const group = await waitFor('the attempt', () => records[0]?.process ?? '');
    stopping.abort();
    ending.abort();
    assert.equal(await restarting, 'interrupted');
    assert.equal(isAlive(Number.parseInt(group, 10)), false);
    assert.deepEqual([records[0]?.outcome, records[0]?.reason], ['interrupted', 'interrupted']);
  });
});
