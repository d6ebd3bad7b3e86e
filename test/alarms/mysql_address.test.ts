import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressOf, describeAddress } from '../../src/alarms/mysql_address.ts';
import { databaseSettings } from './store_bed.ts';

const here =
  (...sockets: string[]) =>
  (path: string) =>
    sockets.includes(path);
const ALL = () => true;
const NONE = () => false;

function address(keys: string, exists: (path: string) => boolean): string {
  return describeAddress(addressOf(databaseSettings(`[database]\n${keys}\n`), exists));
}

describe('where the server is reached', () => {
  test('localhost is the usual socket, where there is one', () => {
    assert.equal(address('', here('/var/lib/mysql/mysql.sock')), '/var/lib/mysql/mysql.sock');
    assert.equal(address('', here('/run/mysqld/mysqld.sock')), '/run/mysqld/mysqld.sock');
  });

  test('a socket in /tmp, where anybody could wait for the password, is left alone', () => {
    assert.equal(address('host = localhost', here('/tmp/mysql.sock')), 'localhost:3306');
  });

  test('the socket of Red Hat counts before the others', () => {
    assert.equal(address('', ALL), '/var/lib/mysql/mysql.sock');
  });

  test('localhost without a socket is TCP on port 3306', () => {
    assert.equal(address('', NONE), 'localhost:3306');
  });

  test('localhost with a port is TCP, whatever sockets there are', () => {
    assert.equal(address('port = 3307', ALL), 'localhost:3307');
    assert.equal(address('port = 3306', ALL), 'localhost:3306');
  });

  test('another host is TCP, whatever sockets there are', () => {
    assert.equal(address('host = 127.0.0.1', ALL), '127.0.0.1:3306');
    assert.equal(address('host = db.example.com\nport = 3307', ALL), 'db.example.com:3307');
  });

  test('a socket counts before host and port, even where it is not there', () => {
    const keys = 'host = db.example.com\nport = 3307\nsocket = /srv/my.sock';
    assert.equal(address(keys, NONE), '/srv/my.sock');
  });
});
