import { parseArgs } from 'node:util';

/** The command line is wrong, so nothing was begun. */
export class WrongUse extends Error {}

/** What goes wrong is one line; the status is 2 where the command line was wrong, else 1. */
export async function asProgram(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}`);
    process.exitCode ||= error instanceof WrongUse ? 2 : 1;
  }
}

interface CommandLine<Option extends string> {
  readonly names: readonly string[];
  readonly numbers: Partial<Record<Option, number>>;
}

/** Names, and options that are whole numbers, each from its least one on. @throws WrongUse */
export function readCommandLine<Option extends string>(
  args: readonly string[],
  least: Record<Option, number>,
): CommandLine<Option> {
  const { values, positionals } = parsed(args, Object.keys(least));
  const numbers: CommandLine<Option>['numbers'] = {};
  for (const [option, text] of Object.entries(values) as [Option, string][]) {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(number) || number < least[option]) {
      throw new WrongUse(
        `--${option}: got "${text}", expected a whole number from ${least[option]} on`,
      );
    }
    numbers[option] = number;
  }
  return { names: positionals, numbers };
}

function parsed(args: readonly string[], names: readonly string[]) {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const [what] = (error as Error).message.split(/\.\s/);
    const known = names.map((name) => `--${name} N`).join(', ');
    throw new WrongUse(`${what}; there are names, ${known}`);
  }
}
