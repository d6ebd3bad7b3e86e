import { closeSync, openSync, readSync } from 'node:fs';

/** The type of an entry of the auxiliary vector, see getauxval(3). */
const AT_EXECFN = 31n;
const ENTRY_BYTES = 16;
/** The longest vector has about 30 entries. */
const VECTOR_BYTES = 1024;
/** PATH_MAX of Linux. */
const PATH_BYTES = 4096;

/**
 * The path that was handed to execve(2): the script's for a script, where the executable is the interpreter. Unlike
 * the command line it survives a process that gives itself a title. Undefined if it can't be read.
 */
export function executedFile(pid: number): string | undefined {
  const vector = read(pid, 'auxv', VECTOR_BYTES, null);
  for (let at = 0; vector && at + ENTRY_BYTES <= vector.length; at += ENTRY_BYTES) {
    if (vector.readBigUInt64LE(at) === AT_EXECFN) {
      const address = vector.readBigUInt64LE(at + 8);
      const path = read(pid, 'mem', PATH_BYTES, address);
      const end = path?.indexOf(0) ?? -1;
      return end > 0 ? path?.toString('utf8', 0, end) : undefined;
    }
  }
  return undefined;
}

/** Taken again and again, as each pass over /proc reads some of these: what is read is used up before the next. */
const page = Buffer.allocUnsafeSlow(PATH_BYTES);

function read(pid: number, file: string, size: number, from: bigint | null): Buffer | undefined {
  try {
    const descriptor = openSync(`/proc/${pid}/${file}`, 'r');
    try {
      return page.subarray(0, readSync(descriptor, page, 0, size, from));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
