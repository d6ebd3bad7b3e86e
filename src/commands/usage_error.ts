/** What the operator typed is wrong; the message says what would be right. */
export class UsageError extends Error {
  override name = 'UsageError';
}
