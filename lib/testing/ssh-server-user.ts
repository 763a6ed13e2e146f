/** Apart from what signs them in: who installs the package has no types of ssh2, and gets to see this one. */

/** Somebody who may sign in. */
export interface SshServerUser {
  username: string;
  password?: string;
  /** Lines as in a `.pub` file. Keys in the user's `~/.ssh/authorized_keys` count too. */
  publicKeys?: string[];
  /** Default: a folder named after the user, below the server's. */
  homeDirectory?: string;
}
