import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

const BUSY_TIMEOUT_MS = 2000;

/** Opens state.db beside a service that may write to it, and leaves nothing behind. @throws */
export function openToRead(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  if (!existsSync(`${file}-wal`)) {
    // Nobody has it open. Even to read it, SQLite would make two files beside it, and leave them there.
    url.search = '?immutable=1';
  }
  return new DatabaseSync(url, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
}
