/** A server is verified by what the configuration says, whatever the environment thinks of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/binary.ts';
import { runTool } from '../support/child.ts';
import { startMariadb } from '../support/database_server.ts';
import { install, OPENSSL } from '../support/packages.ts';
import { freshDatabase } from '../support/test_database.ts';
import { configText, workspace } from '../support/workspace.ts';

test('no setting of Node’s or OpenSSL’s in the environment makes a server trusted', async (t) => {
  await install([OPENSSL]);
  const space = await workspace();
  t.after(() => space.remove());
  const certificate = async (name: string) => {
    const [cert, key] = [space.path(`${name}.pem`), space.path(`${name}.key`)];
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const files = ['-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', cert];
    await runTool('openssl', [...kind, ...files]);
    return { cert, key };
  };
  const [own, other] = [await certificate('own'), await certificate('other')];
  const server = await startMariadb({
    settings: [`--ssl-cert=${own.cert}`, `--ssl-key=${own.key}`],
  });
  t.after(() => server.stop());
  const database = await freshDatabase(server.address);
  const verified = (ssl_ca: string, env: Record<string, string> = {}) => {
    const section = `${database.config}ssl_mode = verify_ca\nssl_ca = ${ssl_ca}\n`;
    const file = space.write('config.ini', configText(space, { database: section }));
    return run(['check-config', '--database', '-c', file], { env });
  };
  assert.equal((await verified(own.cert)).code, 0);
  for (const env of [
    {},
    { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    { NODE_EXTRA_CA_CERTS: own.cert },
    { SSL_CERT_FILE: own.cert, NODE_OPTIONS: '--use-openssl-ca' },
    { NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: own.cert },
  ]) {
    const { code, stdout } = await verified(other.cert, env);
    assert.equal(code, 1, JSON.stringify(env));
    assert.match(stdout, /^database: .*certificate.*; check the ssl_ keys in \[database\]$/m);
  }
});
