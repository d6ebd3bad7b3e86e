export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** It may be cut, and with so many columns of the terminal it still says what matters. */
  readonly enough?: number;
  /** It may be left out where there is no room: 1 goes first. */
  readonly leftOut?: number;
}

/** Between two columns. */
export const GAP = 2;
/** With less than that for each that may be cut, all are. */
const LEAST = 10;

/**
 * How wide the columns are where those of the terminal are so many; 0: left out. What may be left out goes before anything
 * is cut to less than is enough, so that a narrow terminal has what matters most.
 */
export function columnWidths(
  columns: readonly Column[],
  natural: readonly number[],
  room: number,
): readonly number[] {
  const shown = new Set(columns.keys());
  const sum = (widthOf: (index: number) => number) =>
    [...shown].reduce((total, index) => total + widthOf(index), GAP * (shown.size - 1));
  const own = (index: number) => natural[index] ?? 0;
  const needed = (index: number) => Math.min(own(index), columns[index]?.enough ?? own(index));
  for (const index of inOrder(columns)) {
    if (sum(needed) > room) {
      shown.delete(index);
    }
  }
  const elastic = [...shown].filter((index) => columns[index]?.enough !== undefined);
  const left = room - sum((index) => (elastic.includes(index) ? 0 : own(index)));
  const cut = left < LEAST * elastic.length ? [...shown] : elastic;
  const widths = fitted(
    cut.map(own),
    room - sum((index) => (cut.includes(index) ? 0 : own(index))),
  );
  return columns.map((_, index) =>
    shown.has(index) ? (widths[cut.indexOf(index)] ?? own(index)) : 0,
  );
}

/** Those that may be left out, the first to go in front. */
function inOrder(columns: readonly Column[]): number[] {
  const order = (index: number) => columns[index]?.leftOut ?? 0;
  return [...columns.keys()]
    .filter((index) => order(index) > 0)
    .sort((a, b) => order(a) - order(b));
}

/** As many columns as each needs; where that is too many, the wide ones are cut to a common width. */
export function fitted(natural: readonly number[], room: number): readonly number[] {
  let left = room;
  const sorted = [...natural].sort((a, b) => a - b);
  for (const [index, width] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - index));
    if (width > share) {
      return natural.map((own) => Math.min(own, Math.max(1, share)));
    }
    left -= width;
  }
  return natural;
}
