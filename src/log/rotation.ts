// Decides how a full log makes room. Pure: names in, steps out.

/** One change in the log's directory; both names are without a folder. */
export type Step =
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string };

/**
 * The steps that rotate `log`, to be taken in this order: first the numbers beyond `filesToKeep` go, then
 * every file up to the first free number moves up by one, the log itself to `.1`. A crash between two
 * steps only leaves a free number behind, and the next rotation stops there: it resumes this one.
 *
 * @param names what the directory holds; only `<log>.<number>` is touched
 * @param filesToKeep rotated files kept; 0: the full log is removed
 */
export function planRotation(log: string, names: readonly string[], filesToKeep: number): Step[] {
  const taken = new Set(names.flatMap((name) => rotatedNumber(log, name) ?? []));
  const beyond = [...taken].filter((number) => number > filesToKeep).sort((a, b) => b - a);
  const removals = beyond.map((number): Step => ({ kind: 'remove', name: numbered(log, number) }));
  return [...removals, ...makeRoom(log, taken, filesToKeep)];
}

function makeRoom(log: string, taken: ReadonlySet<number>, filesToKeep: number): Step[] {
  if (filesToKeep === 0) return [{ kind: 'remove', name: log }];
  const steps: Step[] = [];
  for (let to = lastToFill(taken, filesToKeep); to >= 1; to -= 1) {
    steps.push({ kind: 'rename', from: numbered(log, to - 1), to: numbered(log, to) });
  }
  return steps;
}

/** The first free number, or `filesToKeep`, whose file the rename then replaces. */
function lastToFill(taken: ReadonlySet<number>, filesToKeep: number): number {
  let number = 1;
  while (number < filesToKeep && taken.has(number)) number += 1;
  return number;
}

function numbered(log: string, number: number): string {
  return number === 0 ? log : `${log}.${number}`;
}

/** At most six digits: `.20260131` or a Unix time is somebody else's way to name a log. */
function rotatedNumber(log: string, name: string): number | undefined {
  if (!name.startsWith(`${log}.`)) return undefined;
  const suffix = name.slice(log.length + 1);
  return /^[1-9]\d{0,5}$/.test(suffix) ? Number(suffix) : undefined;
}
