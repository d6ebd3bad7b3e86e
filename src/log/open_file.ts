// Opens a log file so that nothing but a regular file at exactly that path is ever written to.
import * as nodeFs from 'node:fs';
import { errorCode, LogFileError } from './reason.ts';

/** The calls of `node:fs` that the log file is made of; a test may put its own in their place. */
export type FileSystem = Pick<
  typeof nodeFs,
  | 'closeSync'
  | 'fchmodSync'
  | 'fstatSync'
  | 'ftruncateSync'
  | 'lstatSync'
  | 'openSync'
  | 'readSync'
  | 'readdirSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'writeSync'
>;

/** A log file that is open: who it is, and its size in bytes. */
export interface OpenFile {
  readonly fd: number;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
}

const MODE = 0o640;
const LINE_BREAK = 0x0a;

// NOFOLLOW: a planted symlink leads nowhere. NONBLOCK: a planted FIFO does not hang the service.
// RDWR rather than WRONLY for one read, see endLastLine. CLOEXEC is in every open of Node's.
const { O_RDWR, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = nodeFs.constants;
const FLAGS = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

/**
 * Opens the file for appending whole lines, and creates it with mode 0640 if it is not there.
 *
 * @throws what the system says, or a LogFileError when it is not a regular file
 */
export function openLogFile(path: string, fs: FileSystem): OpenFile {
  const fd = create(path, fs) ?? fs.openSync(path, FLAGS, MODE);
  try {
    const stat = fs.fstatSync(fd, { bigint: true });
    if (!stat.isFile()) throw new LogFileError('it is not a regular file');
    const size = endLastLine(fd, Number(stat.size), fs);
    return { fd, dev: stat.dev, ino: stat.ino, size };
  } catch (error) {
    closeQuietly(fd, fs);
    throw error;
  }
}

/** Closes; an error is ignored, since nothing could be done about it. */
export function closeQuietly(fd: number, fs: FileSystem): void {
  try {
    fs.closeSync(fd);
  } catch {
    // The descriptor is gone all the same.
  }
}

/** A new file, or undefined where there is one: an operator's mode stays, ours does not hang on umask. */
function create(path: string, fs: FileSystem): number | undefined {
  let fd: number;
  try {
    fd = fs.openSync(path, FLAGS | O_EXCL, MODE);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
  setMode(fd, fs);
  return fd;
}

function setMode(fd: number, fs: FileSystem): void {
  try {
    fs.fchmodSync(fd, MODE);
  } catch {
    // Some file systems know no modes. What umask left is never wider than MODE.
  }
}

/** A crash may have left a line without its end; the next one must not be glued to it. */
function endLastLine(fd: number, size: number, fs: FileSystem): number {
  if (size === 0) return 0;
  const last = Buffer.alloc(1);
  fs.readSync(fd, last, 0, 1, size - 1);
  return last[0] === LINE_BREAK ? size : size + fs.writeSync(fd, '\n');
}
