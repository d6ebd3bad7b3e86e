/** What stands in place of iconv-lite in the bundle. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
// @ts-expect-error: a part of the build, without types
import { getDecoder, getEncoder } from '../../rpm/encodings.mjs';

/** As mysql2 calls it. */
function decode(encoding: string, ...bytes: number[]): string {
  const decoder = getDecoder(encoding);
  return decoder.write(Buffer.from(bytes)) + decoder.end();
}

test('text in an encoding that Node has is read', () => {
  assert.equal(decode('cp1251', 0xcf, 0xf0), 'Пр');
  assert.equal(decode('gbk', 0xbd, 0xf8), '进');
  assert.equal(decode('latin2', 0xb1, 0x61), 'ąa');
});

test('of text in any other encoding what is ASCII is read, and nothing fails', () => {
  assert.equal(decode('dec8', 0x52, 0x6f, 0x77, 0xe9, 0x73), 'Row�s');
  assert.equal(decode('no such encoding', 0xff, 0x31), '�1');
});

test('no text is sent in another encoding than asked for', () => {
  assert.throws(() => getEncoder('gbk'), /^Error: text can be sent in utf8mb4 only, not in gbk$/);
});
