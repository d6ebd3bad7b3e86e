/** The two tables of setup.sql, in the embedded database's words. */
export const SQLITE_TABLES = `
  CREATE TABLE IF NOT EXISTS STATUS_PROCESS (
    process_id INTEGER PRIMARY KEY,
    alarma INTEGER NOT NULL DEFAULT 0,
    sound INTEGER NOT NULL DEFAULT 0,
    notes TEXT
  );
  CREATE TABLE IF NOT EXISTS PROCESE (
    process_id INTEGER PRIMARY KEY,
    process_name TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS alarma_process_id ON STATUS_PROCESS (alarma, process_id);`;
