import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionLost, explain, NoAnswer } from '../../src/alarms/mysql_errors.ts';
import { StoreError } from '../../src/monitor/alarm_store.ts';
import { databaseSettings } from './store_bed.ts';

const SETTINGS = databaseSettings('[database]\npassword = s3cr;et#\n');

function failure(code: string | undefined, message: string, more = {}): Error {
  return Object.assign(new Error(message), { ...(code && { code }), ...more });
}

const told = (error: Error) => explain(error, 'db:3306', SETTINGS);

describe('what an operator is told', () => {
  const messages: [string, string, string][] = [
    [
      'ECONNREFUSED',
      'connect ECONNREFUSED 127.0.0.1:3306',
      'db:3306: connect ECONNREFUSED 127.0.0.1:3306; is the database server running?',
    ],
    [
      'ENOTFOUND',
      'getaddrinfo ENOTFOUND db',
      'db:3306: getaddrinfo ENOTFOUND db; check host in [database]',
    ],
    [
      'PROTOCOL_CONNECTION_LOST',
      'Connection lost: The server closed the connection.',
      'db:3306: Connection lost: The server closed the connection. (PROTOCOL_CONNECTION_LOST); was the database server stopped?',
    ],
    [
      'ER_ACCESS_DENIED_ERROR',
      "Access denied for user 'root'",
      "db:3306: Access denied for user 'root' (ER_ACCESS_DENIED_ERROR); check user and password in [database]",
    ],
    [
      'ER_NO_SUCH_TABLE',
      "Table 'v.PROCESE' doesn't exist",
      "db:3306: Table 'v.PROCESE' doesn't exist (ER_NO_SUCH_TABLE); run setup.sql",
    ],
    [
      'ER_BAD_DB_ERROR',
      "Unknown database 'v'",
      "db:3306: Unknown database 'v' (ER_BAD_DB_ERROR); run setup.sql",
    ],
    [
      'ER_OPTION_PREVENTS_STATEMENT',
      'running with --read-only',
      'db:3306: running with --read-only (ER_OPTION_PREVENTS_STATEMENT); the database server is read-only',
    ],
    ['ER_UNHEARD_OF', 'something else', 'db:3306: something else (ER_UNHEARD_OF)'],
  ];
  for (const [code, message, expected] of messages) {
    test(`for ${code}`, () => assert.equal(told(failure(code, message)).message, expected));
  }

  test('for an error without a code', () => {
    assert.equal(told(failure(undefined, 'odd')).message, 'db:3306: odd');
  });

  test('never holds the password', () => {
    const { message } = told(failure('ER_ACCESS_DENIED_ERROR', 'got s3cr;et# and s3cr;et#'));
    assert.ok(!message.includes('s3cr;et#'), message);
    assert.match(message, /got \*{8} and \*{8}/);
  });

  test('is left as it is where it was explained before', () => {
    const explained = new StoreError('as it was');
    assert.equal(told(explained), explained);
  });

  test('keeps the original as its cause', () => {
    const original = failure('EPIPE', 'broken pipe');
    assert.equal(told(original).cause, original);
  });
});

describe('whether the connection is of use any more', () => {
  const isLost = (error: Error) => told(error) instanceof ConnectionLost;

  test('it is after an answer of the server', () => {
    for (const code of [
      'ER_LOCK_WAIT_TIMEOUT',
      'ER_TABLEACCESS_DENIED_ERROR',
      'ER_NO_SUCH_TABLE',
    ]) {
      assert.equal(isLost(failure(code, 'x')), false, code);
    }
  });

  test('it is not after anything else', () => {
    for (const code of ['ECONNRESET', 'EPIPE', 'PROTOCOL_CONNECTION_LOST', undefined]) {
      assert.equal(isLost(failure(code, 'x')), true, code);
    }
    assert.equal(isLost(failure('ER_SERVER_SHUTDOWN', 'x', { fatal: true })), true);
    assert.equal(told(new NoAnswer('late')) instanceof ConnectionLost, true);
  });
});
