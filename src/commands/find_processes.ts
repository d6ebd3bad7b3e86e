import type { ProcessRow } from '../alarms/processes.ts';
import { suggestion } from '../configuration/nearest.ts';
import { quoted } from '../configuration/problem.ts';

/** What an operator's words stand for. */
export interface Found {
  /** Each row once. */
  readonly rows: readonly ProcessRow[];
  /** The words that stand for none, and what is wrong with each. */
  readonly unknown: readonly { readonly word: string; readonly problem: string }[];
}

/** Finds processes by ID or by name: of a name, every row; of digits, the row with that ID before one called so. */
export async function findProcesses(
  rows: AsyncIterable<ProcessRow> | Iterable<ProcessRow>,
  words: readonly string[],
): Promise<Found> {
  const wanted = new Set(words);
  const ids = new Map(words.filter(isId).map((word) => [String(BigInt(word)), word]));
  const byId = new Map<string, ProcessRow[]>();
  const byName = new Map<string, ProcessRow[]>();
  const names = new Set<string>();
  for await (const row of rows) {
    const asId = ids.get(row.id);
    if (asId !== undefined) {
      byId.set(asId, [row]);
    }
    if (row.name !== undefined) {
      names.add(row.name);
      if (wanted.has(row.name)) {
        byName.set(row.name, [...(byName.get(row.name) ?? []), row]);
      }
    }
  }
  const found = [...wanted].flatMap((word) => byId.get(word) ?? byName.get(word) ?? []);
  const unknown = [...wanted].filter((word) => !byId.has(word) && !byName.has(word));
  return {
    rows: [...new Map(found.map((row) => [row.id, row])).values()],
    unknown: unknown.map((word) => ({ word, problem: whatIsWrong(word, names) })),
  };
}

/** Can this word be an ID? A process may still be called so. */
export function isId(word: string): boolean {
  return /^-?\d{1,20}$/.test(word);
}

function whatIsWrong(word: string, names: Iterable<string>): string {
  return isId(word)
    ? `no process has the ID ${word}`
    : `no process is called ${quoted(word)}${suggestion(word, names)}`;
}
