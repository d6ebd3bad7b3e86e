import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 2000;

/** The alternate screen, without a cursor; lines that are too long are cut and not continued. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';

/** Paints lines every two seconds, until Ctrl-C or an end by another signal; leaves the terminal as it was. */
export async function repaint(linesOf: () => Promise<readonly string[]>): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  const terminal = process.stdout;
  const pause = () => {
    terminal.write(LEAVE);
    process.kill(process.pid, 'SIGSTOP');
  };
  const goOn = () => terminal.write(ENTER);
  const handlers = [
    ['SIGINT', end],
    ['SIGTERM', end],
    ['SIGHUP', end],
    ['SIGTSTP', pause],
    ['SIGCONT', goOn],
  ] as const;
  for (const [signal, handler] of handlers) {
    process.on(signal, handler);
  }
  terminal.once('error', end); // the terminal is gone
  terminal.write(ENTER);
  try {
    const ended = once(ending.signal, 'abort');
    while (!ending.signal.aborted) {
      const lines = await Promise.race([linesOf(), ended.then(() => [])]);
      if (!ending.signal.aborted) {
        terminal.write(frame(lines, terminal.rows));
        await sleep(PAUSE_MS, undefined, { signal: ending.signal }).catch(() => {});
      }
    }
  } finally {
    terminal.write(LEAVE);
    for (const [signal, handler] of handlers) {
      process.off(signal, handler);
    }
  }
}

/** From the upper left corner over what was there before: nothing flickers. */
export function frame(lines: readonly string[], rows: number): string {
  const isCut = lines.length > rows;
  const shown = isCut
    ? [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more lines`]
    : lines;
  return `\x1b[H${shown.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`;
}
