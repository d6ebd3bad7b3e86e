/** `ssl_mode`, as far as the server of the tests goes along. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedServer } from '../support/address.ts';
import { connect } from '../support/connection.ts';
import { occurrences, openScene, type Scene } from './database_scene.ts';

type Mode = 'disabled' | 'preferred' | 'required';

/** Whether the server lets a connection in with TLS, or without. */
function allows(ssl_mode: 'required' | 'disabled'): Promise<boolean> {
  return connect({ ...sharedServer(), ssl_mode }).then(
    (connection) => {
      connection.destroy();
      return true;
    },
    () => false,
  );
}

function configure(scene: Scene, ssl_mode: Mode): void {
  const { ssl_ca, ...address } = scene.address;
  scene.configure({ address: { ...address, ssl_mode } });
}

test('preferred heals on every server', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  configure(scene, 'preferred');
  assert.equal((await scene.once()).code, 0);
  assert.equal(scene.running(web), 1);
});

test('required heals where the server has TLS, and is one clear ERROR where it has none', async (t) => {
  const scene = await openScene(t);
  await scene.inAlarm(1);
  configure(scene, 'required');
  const { code } = await scene.once();
  if (await allows('required')) {
    assert.equal(code, 0);
    return;
  }
  assert.equal(code, 1);
  assert.equal(occurrences(scene.log(), ' - ERROR - '), 1);
  assert.match(
    scene.log(),
    /ERROR - Database check failed: .*Server does not support secure connection .*; check ssl_mode in \[database\]\n$/,
  );
  assert.equal((await scene.database.row(1))?.alarma, 1);
});

test('disabled heals where the server allows it', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  configure(scene, 'disabled');
  const isAllowed = await allows('disabled');
  assert.equal((await scene.once()).code, isAllowed ? 0 : 1);
  assert.equal(scene.running(web), isAllowed ? 1 : 0);
});

test('verify_ca without the authority is refused at start', async (t) => {
  const scene = await openScene(t);
  const { ssl_ca, ...address } = scene.address;
  scene.configure({ address: { ...address, ssl_mode: 'verify_ca' } });
  const { code, stderr } = await scene.once();
  assert.equal(code, 78);
  assert.match(stderr, /\[database\] ssl_ca: got nothing, expected the authority's file/);
});

test('verify_ca with another authority than the server’s is refused at the connection', async (t) => {
  const scene = await openScene(t);
  await scene.inAlarm(1);
  const ssl_ca = scene.space.write('ca.pem', 'no certificate');
  const { socket, ...address } = scene.address;
  scene.configure({
    address: { ...address, ...(socket && { socket }), ssl_mode: 'verify_ca', ssl_ca },
  });
  assert.equal((await scene.once()).code, 1);
  assert.match(
    scene.log(),
    /ERROR - Database check failed: .*check (the ssl_ keys|ssl_mode) in \[database\]\n$/,
  );
  assert.equal((await scene.database.row(1))?.alarma, 1);
});
