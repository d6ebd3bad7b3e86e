/** A statement that is over. */
export interface Statement {
  /** On one line; its values are no part of it. */
  readonly sql: string;
  readonly durationMs: number;
  /** `3 rows`, `1 changed`, or why it failed. */
  readonly outcome: string;
}

/** Told of each statement; undefined: nobody is. */
export type OnStatement = ((statement: Statement) => void) | undefined;

/** Runs a statement and tells how it went. @throws as the work does */
export async function observed<T>(
  sql: string,
  work: () => Promise<T>,
  onStatement: OnStatement,
): Promise<T> {
  const startedAtMs = performance.now();
  const tell = (outcome: string) =>
    onStatement?.({
      sql: sql.trim().replaceAll(/\s+/g, ' '),
      durationMs: performance.now() - startedAtMs,
      outcome,
    });
  try {
    const result = await work();
    tell(outcomeOf(result));
    return result;
  } catch (error) {
    tell((error as Error).message);
    throw error;
  }
}

/** Of what either client returns. */
function outcomeOf(result: unknown): string {
  if (Array.isArray(result)) {
    return `${result.length} ${result.length === 1 ? 'row' : 'rows'}`;
  }
  const { affectedRows, changes } = Object(result) as { affectedRows?: unknown; changes?: unknown };
  return `${affectedRows ?? changes ?? 0} changed`;
}
