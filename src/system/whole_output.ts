import { type CommandResult, runProgram } from './command.ts';
import type { Limits } from './systemd.ts';

export interface WholeOutput {
  readonly result: CommandResult;
  /** Undefined: there was more than the limit, or not all of it came. */
  readonly text: string | undefined;
}

/** Runs a program that answers a question, and keeps all that it prints, up to a limit. */
export async function wholeOutputOf(
  [file = '', ...args]: readonly string[],
  maxBytes: number,
  limits: Limits,
): Promise<WholeOutput> {
  const chunks: Buffer[] = [];
  let size = 0;
  const result = await runProgram(file, args, {
    ...limits,
    leftovers: 'keep',
    onOutput(chunk) {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
      }
    },
  });
  const isCut = size > maxBytes || result.isHeld;
  return { result, text: isCut ? undefined : Buffer.concat(chunks).toString('utf8') };
}
