/** Messages of D-Bus, as systemd writes and reads them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callMessage, readMessage } from '../../src/system/dbus_message.ts';

/** A reply to message 7 whose body is of this signature. */
function reply(signature: string, body: Buffer): Buffer {
  const fields = Buffer.concat([
    Buffer.from([5, 1, 0x75, 0, 7, 0, 0, 0]), // REPLY_SERIAL, type u
    Buffer.from([8, 1, 0x67, 0, signature.length]), // SIGNATURE, type g
    Buffer.from(`${signature}\0`),
  ]);
  const fixed = Buffer.alloc(16);
  fixed.set([0x6c, 2, 0, 1]);
  fixed.writeUInt32LE(body.length, 4);
  fixed.writeUInt32LE(fields.length, 12);
  const header = Buffer.concat([fixed, fields]);
  return Buffer.concat([header, Buffer.alloc(-header.length & 7), body]);
}

const text = (value: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return Buffer.concat([length, Buffer.from(`${value}\0`)]);
};

test('a call reads back as what it says', () => {
  const args = ['', 'org.freedesktop.systemd1.Unit'];
  const message = callMessage(7, '/unit/web_2eservice', 'a.Properties', 'Get', args);
  const read = readMessage(message);
  assert.deepEqual(read?.body, args);
  assert.deepEqual([read?.type, read?.size], [1, message.length]);
});

test('a reply has the values of its signature, aligned as they must be', () => {
  const variant = (type: string, value: Buffer) =>
    Buffer.concat([Buffer.from([type.length]), Buffer.from(`${type}\0`), value]);
  const body = Buffer.concat([
    Buffer.from([1, 0, 0, 0]), // b
    Buffer.alloc(4), // up to the next 8
    Buffer.from([255, 255, 255, 255, 255, 255, 255, 255]), // t
    text('on'), // s, 7 bytes
    variant('y', Buffer.from([9])), // v, 4 bytes, at once behind it
    Buffer.from([0]), // up to the next 4
    Buffer.from([2, 0, 0, 0, 5, 6]), // ay
  ]);
  assert.deepEqual(readMessage(reply('btsvay', body))?.body, [
    true,
    2n ** 64n - 1n,
    'on',
    9,
    [5, 6],
  ]);
});

test('arrays of structures and dictionaries may be empty', () => {
  const body = Buffer.alloc(16); // each: no bytes, then up to the next 8
  assert.deepEqual(readMessage(reply('a(sb)a{sv}', body))?.body, [[], []]);
});

test('a message is read once all of it is there, whatever follows', () => {
  const whole = reply('s', text('web.service'));
  for (let length = 0; length < whole.length; length++) {
    assert.equal(readMessage(whole.subarray(0, length)), undefined, `${length} bytes`);
  }
  const read = readMessage(Buffer.concat([whole, Buffer.from('more')]));
  assert.deepEqual([read?.body, read?.replySerial], [['web.service'], 7]);
  assert.equal(read?.size, whole.length);
});

test('what is no message of D-Bus is refused', () => {
  assert.throws(() => readMessage(Buffer.alloc(64, 'B')), /not a little-endian message/);
});
