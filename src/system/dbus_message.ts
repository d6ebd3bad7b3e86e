// The little-endian wire format of D-Bus, as far as asking systemd for properties takes it:
// https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol

const CALL = 1;
const FIXED_SIZE = 16;
const PATH = 1;
const INTERFACE = 2;
const MEMBER = 3;
const REPLY_SERIAL = 5;
const SIGNATURE = 8;

export type Value = boolean | number | bigint | string | readonly Value[];

export interface Message {
  /** 2 is a reply, 3 an error. */
  readonly type: number;
  readonly replySerial: Value | undefined;
  readonly body: readonly Value[];
  /** How many bytes it took. */
  readonly size: number;
}

/** A call whose arguments are all strings. */
export function callMessage(
  serial: number,
  path: string,
  face: string,
  member: string,
  args: readonly string[],
): Buffer {
  const fields = join(8, [
    headerField(PATH, 'o', stringBytes(path)),
    headerField(INTERFACE, 's', stringBytes(face)),
    headerField(MEMBER, 's', stringBytes(member)),
    headerField(SIGNATURE, 'g', signatureBytes('s'.repeat(args.length))),
  ]);
  const body = join(4, args.map(stringBytes));
  const fixed = Buffer.alloc(FIXED_SIZE);
  fixed.set([0x6c, CALL, 0, 1]); // `l`: little-endian
  fixed.writeUInt32LE(body.length, 4);
  fixed.writeUInt32LE(serial, 8);
  fixed.writeUInt32LE(fields.length, 12);
  return join(8, [fixed, fields, body]);
}

/** The first message of what was received; undefined while it is not all there. @throws where it is none */
export function readMessage(bytes: Buffer): Message | undefined {
  if (bytes.length < FIXED_SIZE) {
    return undefined;
  }
  if (bytes[0] !== 0x6c) {
    throw new Error('not a little-endian message of D-Bus');
  }
  const bodyAt = aligned(FIXED_SIZE + bytes.readUInt32LE(12), 8);
  const size = bodyAt + bytes.readUInt32LE(4);
  if (bytes.length < size) {
    return undefined;
  }
  const fields = new Reader(bytes, 12).read('a(yv)') as [number, Value][];
  const field = (code: number) => fields.find(([own]) => own === code)?.[1];
  const body = new Reader(bytes, bodyAt).readAll(String(field(SIGNATURE) ?? ''));
  return { type: bytes[1] ?? 0, replySerial: field(REPLY_SERIAL), body, size };
}

function headerField(code: number, type: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code, 1, type.charCodeAt(0), 0]), value]);
}

function stringBytes(text: string): Buffer {
  const bytes = Buffer.from(`\0\0\0\0${text}\0`);
  bytes.writeUInt32LE(bytes.length - 5);
  return bytes;
}

function signatureBytes(signature: string): Buffer {
  return Buffer.from(`\0${signature}\0`).fill(signature.length, 0, 1);
}

/** One after the other, each beginning where it may; no padding behind the last. */
function join(alignment: number, parts: readonly Buffer[]): Buffer {
  const last = parts.length - 1;
  return Buffer.concat(
    parts.map((part, index) =>
      index === last ? part : Buffer.concat([part], aligned(part.length, alignment)),
    ),
  );
}

function aligned(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

const ALIGNMENTS: Readonly<Record<string, number>> = {
  ...{ y: 1, g: 1, v: 1, n: 2, q: 2, b: 4, i: 4, u: 4, h: 4, s: 4, o: 4, a: 4 },
  ...{ x: 8, t: 8, d: 8, '(': 8, '{': 8 },
};

class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** One value of each type of the signature. */
  readAll(signature: string): Value[] {
    return typesOf(signature).map((type) => this.read(type));
  }

  read(type: string): Value {
    const [kind = ''] = type;
    this.#at = aligned(this.#at, ALIGNMENTS[kind] ?? 1);
    switch (kind) {
      case 'y':
        return this.#bytes.readUInt8(this.#take(1));
      case 'n':
        return this.#bytes.readInt16LE(this.#take(2));
      case 'q':
        return this.#bytes.readUInt16LE(this.#take(2));
      case 'b':
        return this.#bytes.readUInt32LE(this.#take(4)) !== 0;
      case 'i':
        return this.#bytes.readInt32LE(this.#take(4));
      case 'u':
      case 'h':
        return this.#bytes.readUInt32LE(this.#take(4));
      case 'x':
        return this.#bytes.readBigInt64LE(this.#take(8));
      case 't':
        return this.#bytes.readBigUInt64LE(this.#take(8));
      case 'd':
        return this.#bytes.readDoubleLE(this.#take(8));
      case 's':
      case 'o':
        return this.#text(this.#bytes.readUInt32LE(this.#take(4)));
      case 'g':
        return this.#text(this.#bytes.readUInt8(this.#take(1)));
      case 'v':
        return this.read(this.read('g') as string);
      case 'a':
        return this.#array(type.slice(1));
      case '(':
      case '{':
        return this.readAll(type.slice(1, -1));
      default:
        throw new Error(`unknown D-Bus type ${kind}`);
    }
  }

  #array(element: string): Value[] {
    const length = this.#bytes.readUInt32LE(this.#take(4));
    this.#at = aligned(this.#at, ALIGNMENTS[element[0] ?? ''] ?? 1);
    const end = this.#at + length;
    const values: Value[] = [];
    while (this.#at < end) {
      values.push(this.read(element));
    }
    return values;
  }

  #text(length: number): string {
    const at = this.#take(length + 1); // a zero byte follows
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** Where the next so many bytes begin. */
  #take(size: number): number {
    const at = this.#at;
    this.#at += size;
    return at;
  }
}

/** `sa{sv}` has the types `s` and `a{sv}`. */
function typesOf(signature: string): string[] {
  const types: string[] = [];
  let depth = 0;
  let type = '';
  for (const char of signature) {
    type += char;
    depth += '({'.includes(char) ? 1 : ')}'.includes(char) ? -1 : 0;
    if (depth === 0 && char !== 'a') {
      types.push(type);
      type = '';
    }
  }
  return types;
}
