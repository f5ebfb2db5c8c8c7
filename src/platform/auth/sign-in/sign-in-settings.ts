/** The scopes that each role stands for. Who knows the scopes hands it in: the platform knows none. */
export type RoleTable = Readonly<Record<string, readonly string[]>>;

/** How people sign in with a browser. */
export interface SignInSettings extends ClaimSettings {
  readonly roles: RoleTable;
  /** `https://hub.example.com`, where it is not what the Host header says. */
  readonly publicUrl: string | undefined;
  /** The id of the page that people sign in to. It is a public client: it has no secret. */
  readonly consoleClientId: string;
  /** The OpenID provider's address, below which its discovery document is. Undefined: the embedded issuer, or none. */
  readonly oidcAuthority: string | undefined;
  /** What the page asks an outside provider for. */
  readonly oidcScopes: readonly string[];
  /** Sent to an outside provider with the request to sign in: `audience`, `resource`. */
  readonly oidcParameters: ReadonlyMap<string, string> | undefined;
}

/** Where the roles are in the tokens of an outside issuer. */
export interface ClaimSettings {
  readonly rolesClaim: string;
  /** By the value in the claim the role that it means; undefined: the values are the names of roles. */
  readonly roleMap: ReadonlyMap<string, string> | undefined;
}

/** The path of the page that an issuer sends people back to. The only one. */
export const CALLBACK_PATH = '/console/callback';
/** Where people are after they signed out at an outside provider. */
export const SIGNED_OUT_PATH = '/console/signed-out';
