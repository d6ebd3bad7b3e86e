// Bounded on each side, and without a second try of what follows (the group), for what a server or a program printed
// may be made to take ages.
const word = (group: number) =>
  `(?:password|passwd|passphrase|pwd|secret|token|(?:api|access|private)[_-]?key|(?:credential|(?<![a-z])pass)(?=[\\w-]{0,10}\\s?=))(?=([\\w-]{0,40}))\\${group}`;
/** A quote, of a text in quotes too. */
const QUOTE = `\\\\{0,4}["']`;
const SCHEME = '(?:Basic|Bearer|Digest|Negotiate|Token|OAuth|ApiKey)\\s{1,5}';

/** Where programs take a secret, each up to its value. */
const PLACES = [
  `(?<![\\w-])--?[\\w-]{0,40}?${word(1)}\\s{1,5}`, // --password SECRET
  `${word(2)}(?:${QUOTE})?\\s{0,5}[=:]\\s{0,5}`, // PGPASSWORD=SECRET, token: SECRET, "password": "SECRET"
  `authorization(?:${QUOTE})?\\s{0,5}[=:]\\s{0,5}(?:${QUOTE})?(?:${SCHEME})?`,
  '(?<![\\w-])Bearer\\s{1,5}(?=[\\w.~+/=-]{8})',
];

/** Short options, which are a secret's with these programs alone: to `mkdir`, -p is none. */
const PLACES_OF_TOOLS: readonly (readonly [tool: RegExp, place: string])[] = [
  [/mysql|mariadb/, '\\s-p(?=\\S)'],
  [/sshpass/, '\\s-p\\s?'],
  [/redis-cli/, '\\s-a\\s{1,5}'],
  [/ldap(?:search|modify|add|delete|whoami)/, '\\s-w\\s{1,5}'],
  [/mongo/, '\\s-p\\s{1,5}'],
  [/curl/, `\\s(?:-[uU]|--(?:proxy-)?user)[\\s=]?(?:${QUOTE})?[^\\s:'"]{1,100}:`],
];

/** The places that count for a text. */
export function secretPlaces(text: string): RegExp {
  const ofTools = PLACES_OF_TOOLS.filter(([tool]) => tool.test(text)).map(([, place]) => place);
  return new RegExp([...ofTools, ...PLACES].join('|'), 'gi');
}

/** A password in an address; the last @ is the host's. */
export const IN_ADDRESS = /(\/\/[^\s/:@'"]{0,100}:)[^\s/'"]{1,200}(?=@)/g;
