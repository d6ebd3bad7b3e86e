import { localTime } from '../system/local_time.ts';

const STAMP = /^ - Restarted at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const STAMP_ALONE = /^Restarted at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
/** Between the notes and the stamp, where there are any. */
const SEPARATOR = ' - ';

/** How much a column takes: in characters as the database counts them, and in bytes. */
export interface NotesLimit {
  readonly characters: number;
  readonly bytes: number;
  /** How many bytes a text takes, where it is not in UTF-8. */
  readonly bytesOf?: (text: string) => number;
}

/** What stays of the notes of a cleared alarm, and what comes behind it. */
export interface Stamped {
  readonly kept: string;
  /** Empty where there is no room for it. */
  readonly stamp: string;
}

/** The notes of a cleared alarm, as one text. */
export function stampNotes(notes: string, at: Date, limit: NotesLimit): string {
  const { kept, stamp } = stamped(notes, at, limit);
  return kept + stamp;
}

/**
 * The notes of a cleared alarm: what was there, and once at the end when the process was restarted (local
 * time). Where the column is too short for both, what was there is cut at a whole character; where it is
 * too short for the stamp alone, the notes stay as they are.
 */
export function stamped(notes: string, at: Date, limit: NotesLimit): Stamped {
  const alone = `Restarted at ${localTime(at)}`;
  const stamp = SEPARATOR + alone;
  const before = withoutStamps(notes, stamp.length);
  const room = roomBeside(before === '' ? alone : stamp, limit);
  if (room.characters < 0 || room.bytes < 0) {
    return { kept: notes, stamp: '' };
  }
  // What the cut left may end with an older stamp that something was written behind.
  const kept = withoutStamps(fitNotes(before, room), stamp.length);
  return { kept, stamp: kept === '' ? alone : stamp };
}

function roomBeside(stamp: string, limit: NotesLimit): NotesLimit {
  const { bytesOf = Buffer.byteLength } = limit;
  const characters = limit.characters - stamp.length;
  return { ...limit, characters, bytes: limit.bytes - bytesOf(stamp) };
}

/** One stamp after the other is taken off the end: a pattern for all of them would take ages over a long text. */
function withoutStamps(notes: string, length: number): string {
  let end = notes.length;
  while (STAMP.test(notes.slice(Math.max(0, end - length), end))) {
    end -= length;
  }
  const rest = notes.slice(0, end);
  return STAMP_ALONE.test(rest) ? '' : rest;
}

/**
 * What of a text the column takes. Characters as a reader sees them: a letter is not parted from its accents,
 * nor an emoji from its colour. Only the one at the cut is looked for: there may be millions before it.
 */
export function fitNotes(text: string, room: NotesLimit): string {
  const { bytesOf = Buffer.byteLength } = room;
  if (text.length <= room.characters && bytesOf(text) <= room.bytes) {
    return text;
  }
  let end = 0;
  let characters = 0;
  let bytes = 0;
  for (const point of text) {
    characters += 1;
    bytes += bytesOf(point);
    if (characters > room.characters || bytes > room.bytes) {
      break;
    }
    end += point.length;
  }
  return text.slice(0, new Intl.Segmenter().segment(text).containing(end)?.index);
}
