/** Each try runs the case again: a failure that is hard to make small is shown as it is by then. */
const MAX_TRIES = 2000;

/** A list with as few parts as still fail: pieces are left out, first large ones and then single parts. */
export async function shrunk<Part>(
  parts: readonly Part[],
  fails: (fewer: readonly Part[]) => Promise<boolean>,
): Promise<readonly Part[]> {
  let small = parts;
  let tries = 0;
  for (let size = Math.ceil(parts.length / 2); size >= 1; ) {
    const before = small.length;
    for (let at = 0; at < small.length && tries < MAX_TRIES; tries++) {
      const fewer = [...small.slice(0, at), ...small.slice(at + size)];
      if (await fails(fewer)) {
        small = fewer;
      } else {
        at += size;
      }
    }
    if (tries >= MAX_TRIES || (size === 1 && small.length === before)) {
      return small;
    }
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return small;
}
