/** All that `npm run bench` measures. */
import { WrongUse } from '../test/support/command_line.ts';
import type { Row, RowOf } from './row.ts';
import { commands } from './rows/commands.ts';
import { crash } from './rows/crash.ts';
import { crowd } from './rows/crowd.ts';
import { healMany, healOne } from './rows/heal.ts';
import { memory } from './rows/memory.ts';
import { select } from './rows/select.ts';
import { size } from './rows/size.ts';
import { slow } from './rows/slow.ts';
import { start } from './rows/start.ts';
import { watch } from './rows/watch.ts';
import type { Scale } from './scale.ts';

const ROWS: readonly RowOf[] = [
  crash,
  healOne,
  healMany,
  slow,
  watch,
  select,
  memory,
  commands,
  start,
  size,
  crowd,
];

/** The rows of these numbers or words, all where there are none. */
export function rowsNamed(names: readonly string[], scale: Scale): readonly Row[] {
  const rows = ROWS.map((rowOf) => rowOf(scale));
  const isNamed = (row: Row, name: string) => name === row.word || name === String(row.number);
  const unknown = names.filter((name) => !rows.some((row) => isNamed(row, name)));
  if (unknown.length > 0) {
    const known = rows.map(({ number, word }) => `${number} ${word}`).join(', ');
    throw new WrongUse(`no such row: ${unknown.join(', ')}; there are ${known}`);
  }
  return names.length === 0 ? rows : rows.filter((row) => names.some((name) => isNamed(row, name)));
}
