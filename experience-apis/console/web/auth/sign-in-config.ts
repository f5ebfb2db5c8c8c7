/** How to sign in, as `/console/config.json` tells it. */
export interface SignInConfig {
  readonly issuer: string;
  readonly embedded: boolean;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint?: string;
  readonly endSessionEndpoint?: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly signedOutUri: string;
  readonly scopes: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

/** Undefined where nobody can sign in by this hub. Throws when the hub cannot be reached. */
export async function readSignInConfig(): Promise<SignInConfig | undefined> {
  const answer = await fetch('/console/config.json', { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`The hub answers with ${answer.status} when it is asked how to sign in.`);
  const { signIn } = (await answer.json()) as { readonly signIn: SignInConfig | null };
  return signIn ?? undefined;
}
