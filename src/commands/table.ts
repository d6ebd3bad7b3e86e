import { oneLine } from '../log/escape.ts';
import { type Colour, coloured, type Screen } from './screen.ts';
import { cutToWidth, textWidth } from './text_width.ts';

/** A cell's text, which may be hostile, and the colour that it is drawn in. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

const GAP = 2;
/** No more of a text is looked at for each column of a terminal: accents and their kind take no column. */
const CHARACTERS_PER_COLUMN = 4;
/** Where nothing is cut, columns stand below each other as long as their texts are no longer than this. */
const ALIGNED_CHARACTERS = 100;

/** The lines of a table: as wide as its texts where there is room, else what is longest is cut. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  screen: Screen,
): string[] {
  const titles = columns.map(({ title }): Cell => ({ text: title, colour: 'bold' }));
  const shown = [titles, ...rows].map((cells) => cells.map((cell) => shownCell(cell, screen)));
  const natural = columns.map((_, column) =>
    shown.reduce((widest, cells) => Math.max(widest, cells[column]?.width ?? 0), 0),
  );
  const widths = fitted(natural, screen.columns - GAP * (columns.length - 1));
  return shown.map((cells) => line(cells, columns, widths, screen));
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

interface ShownCell {
  readonly text: string;
  readonly width: number;
  readonly colour: Colour | undefined;
}

/** Thousands of long texts are shown in a moment: of each no more is measured than can be seen of it. */
function shownCell(cell: Cell, { columns }: Screen): ShownCell {
  const { text: raw, colour } = typeof cell === 'string' ? { text: cell, colour: undefined } : cell;
  if (columns === Number.POSITIVE_INFINITY) {
    const text = oneLine(raw);
    return { text, width: textWidth(text.slice(0, ALIGNED_CHARACTERS)), colour };
  }
  const most = columns * CHARACTERS_PER_COLUMN;
  const text = cutTo(most, oneLine(cutTo(most, raw)));
  return { text, width: textWidth(text), colour };
}

function cutTo(most: number, text: string): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;
}

function line(
  cells: readonly ShownCell[],
  columns: readonly Column[],
  widths: readonly number[],
  screen: Screen,
): string {
  const drawn = cells.map(({ text, width, colour }, index) => {
    const room = widths[index] ?? 0;
    const cut = width > room ? cutToWidth(text, room) : text;
    const padding = ' '.repeat(Math.max(0, room - (cut === text ? width : textWidth(cut))));
    const isLast = index === cells.length - 1;
    const body = coloured(cut, cut === '' ? undefined : colour, screen);
    return columns[index]?.align === 'right' ? padding + body : body + (isLast ? '' : padding);
  });
  return drawn.join(' '.repeat(GAP)).trimEnd();
}
