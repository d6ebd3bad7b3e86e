import { oneLine } from '../log/escape.ts';
import { type Column, columnWidths, GAP } from './column_widths.ts';
import { type Colour, coloured, type Screen } from './screen.ts';
import { cutToWidth, textWidth } from './text_width.ts';

/** A cell's text, which may be hostile, and how it is drawn. */
export type Cell =
  | string
  | {
      readonly text: string;
      readonly colour?: Colour;
      /** What is shown where the text does not fit: of the first as much as there is room for, and all of the second. */
      readonly whenCut?: readonly [head: string, tail: string];
    };

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
  const widths = columnWidths(columns, natural, screen.columns);
  return shown.map((cells) => line(cells, columns, widths, screen));
}

interface ShownCell {
  readonly text: string;
  readonly width: number;
  readonly colour: Colour | undefined;
  readonly whenCut: readonly [head: string, tail: string] | undefined;
}

/** Thousands of long texts are shown in a moment: of each no more is measured than can be seen of it. */
function shownCell(cell: Cell, { columns }: Screen): ShownCell {
  const { text: raw, colour, whenCut: parts } = typeof cell === 'string' ? { text: cell } : cell;
  if (columns === Number.POSITIVE_INFINITY) {
    const text = oneLine(raw);
    const width = textWidth(text.slice(0, ALIGNED_CHARACTERS));
    return { text, width, colour, whenCut: undefined };
  }
  const most = columns * CHARACTERS_PER_COLUMN;
  const bounded = (part: string) => cutTo(most, oneLine(cutTo(most, part)));
  const text = bounded(raw);
  const whenCut = parts && ([bounded(parts[0]), bounded(parts[1])] as const);
  return { text, width: textWidth(text), colour, whenCut };
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
  const drawn = cells.flatMap((cell, index) => {
    const { text, width, colour } = cell;
    const room = widths[index] ?? 0;
    if (room === 0) {
      return [];
    }
    const cut = width > room ? cutCell(cell, room) : text;
    const padding = ' '.repeat(Math.max(0, room - (cut === text ? width : textWidth(cut))));
    const isLast = index === cells.length - 1;
    const body = coloured(cut, cut === '' ? undefined : colour, screen);
    return columns[index]?.align === 'right' ? padding + body : body + (isLast ? '' : padding);
  });
  return drawn.join(' '.repeat(GAP)).trimEnd();
}

function cutCell({ text, whenCut: [head, tail] = ['', ''] }: ShownCell, room: number): string {
  const left = room - textWidth(tail);
  return tail === '' || left < 2 ? cutToWidth(text, room) : cutToWidth(head, left) + tail;
}
