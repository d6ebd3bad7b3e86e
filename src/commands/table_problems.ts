import type { ProcessRow } from '../alarms/processes.ts';
import { suggestion } from '../configuration/nearest.ts';
import { type Problem, quoted } from '../configuration/problem.ts';
import type { Settings } from '../configuration/settings.ts';
import { refusalOf } from '../monitor/process_name.ts';
import { insertFor, missingIn } from './missing_row.ts';

/** So many of each kind are named; the others are counted. */
const MAX_NAMED = 10;

/** The first of something, and how many there are. */
class Some<T> {
  readonly first: T[] = [];
  count = 0;

  add(one: T): void {
    this.count += 1;
    if (this.first.length < MAX_NAMED) {
      this.first.push(one);
    }
  }
}

/** What in the tables, and in the configuration beside them, can't be as somebody meant it. */
export async function tableProblems(
  rows: AsyncIterable<ProcessRow> | Iterable<ProcessRow>,
  { processes }: Settings,
): Promise<Problem[]> {
  const names = new Set<string>();
  const incomplete = { PROCESE: new Some<ProcessRow>(), STATUS_PROCESS: new Some<ProcessRow>() };
  const refused = new Some<ProcessRow>();
  for await (const row of rows) {
    const table = missingIn(row);
    if (table !== null) {
      incomplete[table].add(row);
    }
    if (row.name !== undefined) {
      names.add(row.name);
      if (refusalOf(row.name) !== undefined) {
        refused.add(row);
      }
    }
  }
  const unused = new Some<string>();
  for (const section of processes.keys()) {
    if (!names.has(section)) {
      unused.add(section);
    }
  }
  return [
    ...incompleteRows('STATUS_PROCESS', 'PROCESE', incomplete.PROCESE),
    ...incompleteRows('PROCESE', 'STATUS_PROCESS', incomplete.STATUS_PROCESS),
    ...refused.first.map(({ id, name = '' }) =>
      warning(`the name ${quoted(name)} (ID: ${id}) is refused: ${refusalOf(name)}`),
    ),
    ...others(refused, 'refused names'),
    ...unused.first.map((name) => ({
      ...warning(`no row of PROCESE has this name${suggestion(name, names)}`),
      section: `process.${name}`,
    })),
    ...others(unused, 'sections that no row names'),
  ];
}

function incompleteRows(table: string, other: string, rows: Some<ProcessRow>): Problem[] {
  const [one] = rows.first;
  if (!one) {
    return [];
  }
  const ids = rows.first.map(({ id }) => id).join(', ');
  const more = rows.count > rows.first.length ? ` and ${rows.count - rows.first.length} more` : '';
  const listed = rows.count === 1 ? `ID ${ids} is` : `IDs ${ids}${more} are`;
  return [warning(`${listed} in ${table} but not in ${other}; ${insertFor(one)}`)];
}

function others(some: Some<unknown>, what: string): Problem[] {
  const more = some.count - some.first.length;
  return more > 0 ? [warning(`and ${more} more ${what}`)] : [];
}

function warning(message: string): Problem {
  return { severity: 'warning', message };
}
