import { openProcesses } from '../alarms/open_store.ts';
import { allProcesses, type Processes, type ProcessRow } from '../alarms/processes.ts';
import type { DatabaseSettings } from '../configuration/keys.ts';
import type { TableRead } from './merged_status.ts';

/** An operator waits no longer for a connection, for each page, and for all of them. */
const PATIENCE_S = 2;

/** Reads the tables where that is a matter of moments, and says why where it is not. */
export class TableReader {
  readonly #settings: DatabaseSettings;
  #processes: Processes | undefined;

  constructor(settings: DatabaseSettings) {
    this.#settings = {
      ...settings,
      connect_timeout: Math.min(settings.connect_timeout, PATIENCE_S),
      query_timeout: Math.min(settings.query_timeout, PATIENCE_S),
    };
  }

  async read(): Promise<TableRead> {
    const deadline = performance.now() + PATIENCE_S * 1000;
    const rows: ProcessRow[] = [];
    try {
      this.#processes ??= await openProcesses(this.#settings);
      for await (const row of allProcesses(this.#processes)) {
        rows.push({ ...row, notes: '' }); // they may be long, and nobody asks for them
        if (performance.now() > deadline) {
          return { problem: `too many rows to read within ${PATIENCE_S} seconds` };
        }
      }
      return { rows };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  }

  async close(): Promise<void> {
    await this.#processes?.close();
  }
}
