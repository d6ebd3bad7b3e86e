/**
 * A column of any type and character set as text. Bytes that are no UTF-8 are read as Latin-1, in which they are a text,
 * whatever it says: as UTF-8 they would be nothing at all to MySQL, or end at the first that means nothing.
 */
export function asText(column: string): string {
  const text = `CONVERT(${column} USING utf8mb4)`;
  const isBytes = `CHARSET(${column}) = 'binary' AND NOT (HEX(${text}) <=> HEX(${column}))`;
  return `IF(${isBytes}, CONVERT(${column} USING latin1), ${text})`;
}
