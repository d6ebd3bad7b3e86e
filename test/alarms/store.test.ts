/** The same behaviour, whatever the database. */
import { sharedServer } from '../support/address.ts';
import { startMariadb } from '../support/database_server.ts';
import { workspace } from '../support/workspace.ts';
import { mysqlBed, sqliteBed } from './store_bed.ts';
import { storeSuite } from './store_suite.ts';

/** What an administrator may have set for the whole server, against all that a client could take for granted. */
const UNUSUAL = [
  '--autocommit=0',
  '--sql-mode=ANSI,STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,NO_ZERO_DATE',
  '--transaction-isolation=SERIALIZABLE',
  '--character-set-server=latin1',
];

storeSuite('the store on a MySQL server', () => mysqlBed(sharedServer()));

storeSuite('the store on a server that is set up in unusual ways', async () => {
  const server = await startMariadb({ settings: UNUSUAL });
  const bed = await mysqlBed(server.address);
  const end = async () => {
    await bed.end();
    await server.stop();
  };
  return { ...bed, end };
});

storeSuite('the embedded store', async () => sqliteBed(await workspace()));
