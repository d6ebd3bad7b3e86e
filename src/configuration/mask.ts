export const MASK = '********';

// Where the tools that an operator calls take a password: -pSECRET (MySQL's tools; to others, such as
// mkdir, -p is no secret), --password=SECRET, PGPASSWORD=SECRET, "token: SECRET", https://user:SECRET@host.
const MYSQL_SHORT_OPTION = /(\s-p)('[^']*'|"[^"]*"|[^\s'"]+)/g;
const SECRET_PLACES = [
  /([\w-]*(?:password|passwd|passphrase|pwd|secret|token)[\w-]*\s*[=: ]\s*)('[^']*'|"[^"]*"|[^\s'"]+)/gi,
  /(\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/g,
];

/** A command, or what it printed, with the passwords in it covered. */
export function maskSecrets(text: string, ...known: string[]): string {
  let masked = text;
  for (const secret of known.filter((value) => value !== '')) {
    masked = masked.replaceAll(secret, MASK);
  }
  if (/mysql|mariadb/.test(text)) {
    masked = masked.replace(MYSQL_SHORT_OPTION, `$1${MASK}`);
  }
  return SECRET_PLACES.reduce((result, place) => result.replace(place, `$1${MASK}`), masked);
}
