/** What a form says about signing in. */
export interface SignInForm {
  username?: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
}

/** The texts of a form; anything else in it is left out. */
export function signInForm(payload: Record<string, unknown> | undefined): SignInForm {
  const names = ['username', 'password', 'privateKey', 'passphrase'] as const;
  const given = names.map((name) => [name, payload?.[name]] as const);
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string' && value !== ''));
}
