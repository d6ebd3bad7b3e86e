/** The database's own record of every alarm raised and cleared, whoever did it. */
import type { TestDatabase } from '../../support/test_database.ts';

/** A change of `alarma`. */
export interface Change {
  readonly id: number;
  readonly became: number;
  readonly atMs: number;
}

/** Large enough that two rows fill a page: each pair needs more room on the disk. */
const BALLAST_BYTES = 7000;

/** Has the database write down each change, in a table in the directory where one is given. */
export async function installWitness(database: TestDatabase, directory?: string): Promise<void> {
  const place = directory === undefined ? '' : `DATA DIRECTORY = '${directory}'`;
  await database.sql(
    `CREATE TABLE WITNESS (
       number INT AUTO_INCREMENT PRIMARY KEY, id INT, became INT, at DECIMAL(20, 6),
       ballast VARBINARY(${BALLAST_BYTES})
     ) ENGINE = InnoDB ${place}`,
  );
  await database.sql(
    `CREATE TRIGGER witness AFTER UPDATE ON STATUS_PROCESS FOR EACH ROW
       INSERT INTO WITNESS (id, became, at, ballast)
       SELECT NEW.process_id, NEW.alarma, UNIX_TIMESTAMP(SYSDATE(6)), REPEAT('x', ${BALLAST_BYTES})
        WHERE NEW.alarma <> OLD.alarma`,
  );
}

/** The changes since the last time that it was asked, in their order. */
export async function takeChanges(database: TestDatabase): Promise<Change[]> {
  const rows = await database.sql('SELECT id, became, at FROM WITNESS ORDER BY number');
  // After useUpRoom() the whole disk is the table's, until it is made anew.
  const isLarge = rows.some(({ id }) => id === 0);
  await database.sql(isLarge ? 'TRUNCATE TABLE WITNESS' : 'DELETE FROM WITNESS');
  return rows.map(({ id, became, at }) => ({ id, became, atMs: Number(at) * 1000 }));
}

/** Uses up what room the table still has, on a disk that is full. */
export async function useUpRoom(database: TestDatabase): Promise<void> {
  for (;;) {
    try {
      await database.sql(
        `INSERT INTO WITNESS (id, became, at, ballast) VALUES (0, 0, 0, REPEAT('x', ${BALLAST_BYTES}))`,
      );
    } catch (error) {
      if ((error as { code?: string }).code !== 'ER_RECORD_FILE_FULL') {
        throw error;
      }
      return;
    }
  }
}
