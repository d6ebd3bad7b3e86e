/** A shell removes a backslash unless another one stands before it; single quotes leave it alone. */
export function forShell(name: string, before: string): string {
  return endsInSingleQuotes(before) ? name : name.replaceAll('\\', '\\\\');
}

/** Does the text of a command end inside single quotes? Those within double quotes are plain characters. */
function endsInSingleQuotes(text: string): boolean {
  let quote = '';
  for (const [piece] of text.matchAll(/\\.|['"]/gs)) {
    // Within single quotes a backslash is a plain character, and what follows it may be their end.
    const sign = quote === "'" ? piece.slice(-1) : piece;
    if (sign === quote) {
      quote = '';
    } else if (quote === '' && sign.length === 1) {
      quote = sign;
    }
  }
  return quote === "'";
}
