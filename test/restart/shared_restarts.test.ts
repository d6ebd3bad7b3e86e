import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SharedRestarts } from '../../src/restart/shared_restarts.ts';

const WEB = { name: 'web', manner: '{}' };

describe('a restart of a unit', () => {
  test('is shared while it runs, however late that is wanted', async () => {
    const shared = new SharedRestarts<string>();
    const work = Promise.withResolvers<string>();
    const running = shared.run('web.service', WEB, 100, () => work.promise);
    const other = shared.since('web.service', 5000);
    assert.equal(other?.name, 'web');
    assert.equal(shared.since('mail.service', 0), undefined);
    work.resolve('verified');
    assert.equal(await other?.ended, 'verified');
    assert.equal(await running, 'verified');
  });

  test('that ended is shared by who wanted one before it began, and by nobody else', async () => {
    const shared = new SharedRestarts<string>();
    await shared.run('web.service', WEB, 100, async () => 'failed');
    assert.equal(await shared.since('web.service', 99)?.ended, 'failed');
    assert.equal(await shared.since('web.service', 100)?.ended, 'failed');
    assert.equal(shared.since('web.service', 101), undefined);
  });

  test('that throws is no longer one that runs', async () => {
    const shared = new SharedRestarts<string>();
    const work = async () => Promise.reject(new Error('no descriptors'));
    await assert.rejects(shared.run('web.service', WEB, 100, work), /no descriptors/);
    assert.equal(shared.since('web.service', 101), undefined);
  });

  test('is forgotten once ten thousand others ended after it', async () => {
    const shared = new SharedRestarts<string>();
    for (let unit = 0; unit <= 10_000; unit++) {
      await shared.run(`${unit}.service`, WEB, 100, async () => 'verified');
    }
    assert.equal(shared.since('0.service', 0), undefined);
    assert.ok(shared.since('1.service', 0));
  });
});
