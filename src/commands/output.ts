import { escapeJson, oneLine } from '../log/escape.ts';

/** Writes to standard output and waits until it is out. False: nobody reads any more. */
export function say(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(text, (error) => resolve(!error));
  });
}

/** Writes one JSON document, laid out to be read by people too. */
export function sayDocument(document: object): Promise<boolean> {
  const lines = JSON.stringify(document, undefined, 2).split('\n');
  return say(lines.map((line) => `${escapeJson(line)}\n`).join(''));
}

/** Tells on standard error what is wrong, whatever it quotes. */
export function complain(...problems: readonly string[]): void {
  process.stderr.write(problems.map((text) => `monitor_service: ${oneLine(text)}\n`).join(''));
}
