// In place of iconv-lite in the bundle, whose tables are half a megabyte. Of the server this service wants all text
// in utf8mb4, which mysql2 reads by itself. What a server says in its own encoding all the same is read here: the
// note behind an UPDATE, in the language and the encoding that the server is set to.

/** The encodings of Node; of any other what is ASCII, which no text of the server makes fail. */
export function getDecoder(encoding) {
  const decoder = decoderOf(encoding);
  return {
    write: (bytes) => decoder.decode(bytes),
    end: () => '',
  };
}

/** Nothing is ever sent in another encoding, where a character could become another one. */
export function getEncoder(encoding) {
  throw new Error(`text can be sent in utf8mb4 only, not in ${encoding}`);
}

function decoderOf(encoding) {
  try {
    return new TextDecoder(encoding);
  } catch {
    return { decode: (bytes) => bytes.toString('latin1').replace(/[^\0-\x7f]/g, '\ufffd') };
  }
}
