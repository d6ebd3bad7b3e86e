// Says in an operator's words why the log file cannot be written.

/** A failure of the log file that no system error names; its message is the reason. */
export class LogFileError extends Error {
  override readonly name = 'LogFileError';
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'no space left on the disk'],
  ['EACCES', 'permission denied'],
  ['ENOENT', 'its directory is missing'],
  ['EROFS', 'the file system is read-only'],
  ['ELOOP', 'it is a symbolic link'],
  ['EISDIR', 'it is a directory'],
  ['ENXIO', 'it is not a regular file'], // open(2) of a FIFO that nobody reads, or of a socket
]);

/** The reason without a final dot, for whatever an attempt to open, rotate or write threw. */
export function reasonFor(error: unknown): string {
  const code = errorCode(error);
  if (code !== undefined) return WORDS.get(code) ?? `error ${code}`;
  return error instanceof Error ? error.message : String(error);
}

/** The system's name of an error, `ENOSPC` say; undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
