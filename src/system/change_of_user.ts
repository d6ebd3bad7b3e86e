import type { Recipe, User } from './recipe.ts';

/** What to put before a command line that is to run as the recipe's user. */
export function changeOfUser({ user, hasNoNewPrivileges }: Recipe): string[] {
  const options = [...(user ? idsOf(user) : []), ...(hasNoNewPrivileges ? ['--no-new-privs'] : [])];
  return options.length > 0 ? ['setpriv', ...options, '--'] : [];
}

function idsOf({ uid, gid, groups }: User): string[] {
  const supplementary = groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups';
  return [`--reuid=${uid}`, `--regid=${gid}`, supplementary];
}
