export const MASK = '********';

/** A shorter password is part of too many words to be covered wherever it turns up. */
const MIN_LENGTH = 4;

// Where the tools that an operator calls take a password. -pSECRET is for MySQL's tools alone: to others,
// such as mkdir, -p is no secret.
// A ; that ends a word ends a command of the shell's.
// MySQL says "(using password: YES)", which tells nobody the password.
const VALUE = `(?!(?:YES|NO)\\))(?:'[^']*(?:'|$)|"[^"]*(?:"|$)|[^\\s'";]+|;(?!\\s|$))+`;
// Bounded on each side: what a server or a program printed may be made to take ages.
const WORD = '(?:password|passwd|passphrase|pwd|secret|token)[\\w-]{0,40}';
const MYSQL_SHORT_OPTION = new RegExp(`(\\s-p)${VALUE}`, 'g');
const PLACES = [
  new RegExp(`((?<![\\w-])--?[\\w-]{0,40}?${WORD}\\s{1,5})${VALUE}`, 'gi'), // --password SECRET
  new RegExp(`(${WORD}\\s{0,5}[=:]\\s{0,5})${VALUE}`, 'gi'), // PGPASSWORD=SECRET, "token: SECRET"
  /(\/\/[^\s/:@]{0,100}:)([^\s/@]{1,200})(?=@)/g, // https://user:SECRET@host
];

/** A command, or what it printed, with the passwords in it covered. */
export function maskSecrets(text: string, ...known: string[]): string {
  let masked = text;
  for (const secret of known.filter(({ length }) => length >= MIN_LENGTH)) {
    masked = masked.replaceAll(secret, MASK);
  }
  if (/mysql|mariadb/.test(text)) {
    masked = masked.replace(MYSQL_SHORT_OPTION, `$1${MASK}`);
  }
  return PLACES.reduce((result, place) => result.replace(place, `$1${MASK}`), masked);
}
