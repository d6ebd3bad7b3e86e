import type { Cell } from './table.ts';

/** No name that people give is longer. */
export const NAME_WIDTH = 40;
/** Names that begin alike differ at their end. */
const END = 8;

/** Of a name that is too long its end is shown too. */
export function nameCell(text: string): Cell {
  return { text, whenCut: [text.slice(0, -END), text.slice(-END)] };
}
