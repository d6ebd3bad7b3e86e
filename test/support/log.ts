import { waitFor } from './wait.ts';

export interface LogOptions {
  timeoutMs?: number;
  after?: number;
}

/** A text that grows, and what is known of who writes it. */
export interface Log {
  text(): string;
  /** Whether nothing can come any more. */
  hasEnded(): boolean;
  /** All that may explain why something did not come. */
  said(): string | Promise<string>;
}

/**
 * Waits until the text holds `pattern` at or behind the offset `after`, and returns the offset behind it: the
 * next wait's `after`. Throws, with everything that was said, at the timeout or where nothing can come.
 */
export async function waitForText(
  { text, hasEnded, said }: Log,
  pattern: RegExp | string,
  { timeoutMs = 15_000, after = 0 }: LogOptions = {},
): Promise<number> {
  const found = () => {
    // Asked first: what it says and then ends is not missed.
    const ended = hasEnded();
    const end = endOfMatch(text(), pattern, after);
    if (end === undefined && ended) {
      throw new Error(`the service ended without logging ${pattern}`);
    }
    return end;
  };
  try {
    return (await waitFor(`${pattern} in the log`, found, timeoutMs)) as number;
  } catch (cause) {
    throw new Error(`${(cause as Error).message}\n${await said()}`, { cause });
  }
}

/** The offset behind the first match at or behind `after`; `undefined` when there is none. */
function endOfMatch(text: string, pattern: RegExp | string, after: number): number | undefined {
  const rest = text.slice(after);
  if (typeof pattern === 'string') {
    const start = rest.indexOf(pattern);
    return start < 0 ? undefined : after + start + pattern.length;
  }
  const match = new RegExp(pattern, pattern.flags.replace(/[gy]/g, '')).exec(rest);
  return match === null ? undefined : after + match.index + match[0].length;
}
