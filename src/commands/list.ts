import { allProcesses, type ProcessRow } from '../alarms/processes.ts';
import type { Settings } from '../configuration/settings.ts';
import { escapeJson } from '../log/escape.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { findProcesses } from './find_processes.ts';
import { missingIn } from './missing_row.ts';
import { complain, say } from './output.ts';
import { processLines, strategyOf } from './process_lines.ts';
import { screen } from './screen.ts';
import { withProcesses } from './with_processes.ts';

/** Shows processes of the database: those that are named, else all. */
export function list(values: OptionValues, operands: readonly string[]): Promise<number> {
  const print = values.json ? printJson : printTable;
  return withProcesses(values, async (processes, settings) => {
    const all = allProcesses(processes);
    if (operands.length === 0) {
      await print(all, settings);
      return EXIT.done;
    }
    const { rows, unknown } = await findProcesses(all, operands);
    complain(...unknown.map(({ problem }) => problem));
    if (rows.length > 0) {
      await print(rows, settings);
    }
    return unknown.length > 0 ? EXIT.failed : EXIT.done;
  });
}

type Rows = AsyncIterable<ProcessRow> | Iterable<ProcessRow>;

async function printTable(rows: Rows, settings: Settings): Promise<void> {
  for (const line of processLines(await Array.fromAsync(rows), settings, screen())) {
    if (!(await say(`${line}\n`))) {
      return;
    }
  }
}

/** One document, with a line for each process; none is kept in memory. */
async function printJson(rows: Rows, settings: Settings): Promise<void> {
  let before = '{"processes":[\n';
  for await (const row of rows) {
    if (!(await say(before + escapeJson(JSON.stringify(fieldsOf(row, settings)))))) {
      return;
    }
    before = ',\n';
  }
  await say(before.startsWith('{') ? '{"processes":[]}\n' : '\n]}\n');
}

function fieldsOf(row: ProcessRow, settings: Settings) {
  return {
    id: Number(row.id),
    name: row.name ?? null,
    alarm: row.isInAlarm,
    sound: row.sound,
    notes: row.notes,
    strategy: strategyOf(row, settings) ?? null,
    missing_in: missingIn(row),
  };
}
