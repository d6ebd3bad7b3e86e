import type { Say } from './trial.ts';

export type Tell = (figures: readonly (string | number)[]) => void;

/** Says a heading, and returns what says figures below it, each at the end of its column. */
export function figuresBelow(columns: readonly string[], say: Say): Tell {
  const padded = (cell: string | number, index: number) =>
    `  ${String(cell).padStart(columns[index]?.length ?? 0)}`;
  const tell: Tell = (cells) => say(cells.map(padded).join(''));
  tell(columns);
  return tell;
}
