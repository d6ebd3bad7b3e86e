import { styleText } from 'node:util';

export type Colour = 'red' | 'yellow' | 'green' | 'bold' | 'dim';

/** Where a text for people goes. */
export interface Screen {
  /** How many columns it has; Infinity where it is no terminal. */
  readonly columns: number;
  readonly hasColour: boolean;
}

/** What standard output is. */
export function screen(): Screen {
  const { isTTY, columns } = process.stdout;
  return {
    columns: (isTTY && columns) || Number.POSITIVE_INFINITY, // a terminal that knows no width says 0
    hasColour: isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  };
}

/** The text in a colour, where the screen has any. */
export function coloured(text: string, colour: Colour | undefined, { hasColour }: Screen): string {
  return hasColour && colour !== undefined
    ? styleText(colour, text, { validateStream: false })
    : text;
}
