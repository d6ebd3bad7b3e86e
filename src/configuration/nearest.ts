/** Completes a message about an unknown word; empty where nothing is near. */
export function suggestion(word: string, known: Iterable<string>): string {
  const candidate = nearest(word, known);
  return candidate === undefined ? '' : `, did you mean ${candidate}?`;
}

/**
 * The known word that a mistyped one most likely meant, or undefined where none is near.
 * @param slips at most so many wrong letters, for what would do harm where it was not meant
 */
export function nearest(
  word: string,
  known: Iterable<string>,
  slips = Number.POSITIVE_INFINITY,
): string | undefined {
  const typed = word.slice(0, 100).toLowerCase();
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of known) {
    const most = Math.min(slips, tolerance(candidate));
    if (Math.abs(candidate.length - typed.length) > most) {
      continue; // not near, and to measure how far would take ages where it is long
    }
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance <= most && distance < (best?.distance ?? Infinity)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

function tolerance(candidate: string): number {
  return Math.max(1, Math.min(3, Math.floor(candidate.length / 3)));
}

/** Insertions, deletions, replacements and swaps of neighbours that turn a into b. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforePrevious, column - 2) + 1);
      }
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
