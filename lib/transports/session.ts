/** The contract of transports: run a POSIX sh script on a machine, with its three streams. */

import type { Readable, Writable } from 'node:stream';

/** How to sign in: a key or an agent, a password, or both for a server that asks for both. A local session needs none. */
export interface Credential {
  password?: string;
  /** PEM or OpenSSH format. */
  privateKey?: string;
  passphrase?: string;
  /** The path of an SSH agent's socket. */
  agent?: string;
}

/** A machine on the way to another one. */
export interface Hop {
  hostname: string;
  port: number;
  /** Algorithms that OpenSSH has given up are taken there, too. Default false. */
  legacyAlgorithms?: boolean;
}

/** The machine, and the name to sign in with. */
export interface Target extends Hop {
  /** Jump hosts, the one that is reached from here first. The name and the credential are good for each of them. */
  via?: readonly Hop[];
  username: string;
  credential: Credential;
}

/** How a script ended. */
export interface ScriptEnd {
  exitCode: number | null;
  /** Such as `SIGTERM`. */
  signal: string | null;
}

/**
 * A script under way: it has greeted, and got its text through its standard input. `stdout` and `stderr` hold nothing of
 * what a login shell said before; both must be read, and respect back-pressure.
 */
export interface RemoteScript {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves after both streams ended; rejects with TransportError `connection_lost` when the end is not known. */
  readonly end: Promise<ScriptEnd>;
  /** Closes the streams at this end, and rejects `end` if it is not known yet. The script may run on at its machine. */
  close(): void;
}

/** How a script is started. */
export interface StartOptions {
  /** Aborted: closes the script at this end. */
  signal?: AbortSignal;
  /** Once closed at this end, it ends by itself at a moment of its own choice; any other script gets SIGHUP. */
  endsItself?: boolean;
  /** How long it may take until the script greets. Default: that of the transport. */
  greetingMs?: number;
}

/** One way to a machine, signed in. */
export interface Session {
  /**
   * Starts `/bin/sh` with this script and `$1`, `$2`, … set from `args`, whatever the login shell. Both go through its
   * standard input, after it has greeted; what is written to `stdin` then comes right behind them, and may only be
   * written once the script has said that it reads.
   * @throws TransportError, also `shell_refused` when the server ended it before it greeted, with the server's own
   *   words; `shell_silent` when it did not greet in time
   */
  start(script: string, args: readonly string[], options?: StartOptions): Promise<RemoteScript>;
}

/** A session on loan. `release` gives it back; it may be called more than once. */
export interface SessionLease {
  readonly session: Session;
  release(): void;
}

/**
 * Opens sessions, and keeps them warm between uses. What is optional is for transports that can do more than run scripts:
 * without it, a server that uses the transport has no jump host, and the test of its connection leaves steps out.
 */
export interface Transport {
  /** It goes through the jump hosts of a target, and signs in to each of them. */
  readonly supportsJumpHosts?: boolean;
  /** It asks for the host key of a machine before anything secret is sent there, and `HostKeys` remembers it. */
  readonly checksHostKeys?: boolean;
  /**
   * @throws TransportError `auth_refused`, `host_key_changed`, `host_key_unapproved`, `host_key_weak`,
   *   `algorithms_refused` (it knows none that we know), `unreachable`, `key_unusable` (wrong passphrase or format), also
   *   those of a jump host, which is named; `forwarding_refused` when a jump host passes no connections on
   */
  acquire(target: Target, options?: { signal?: AbortSignal }): Promise<SessionLease>;
  /**
   * Signs in anew for what comes next, while scripts under way run on: after a key was removed over there, or a pinned
   * host key was forgotten. Without `username`, for all names.
   */
  retire(machine: RetiredMachine): void;
  close(): Promise<void>;
  /** Tells what it finds at an address before anybody signs in, such as `port 22 says SSH-2.0-…`. @throws Error, TransportError */
  tryAddress?(machine: Hop, options: { signal: AbortSignal }): Promise<string>;
}

/** Those of an instance: what the host gives by name, and those that are always there. */
export interface Transports {
  readonly ssh: Transport;
  readonly local: Transport;
  readonly [name: string]: Transport;
}

/** Whose warm connections are used no longer, nor those that go through it. */
export interface RetiredMachine {
  hostname: string;
  port: number;
  username?: string;
}

/** A host key as it is remembered. */
export interface HostKey {
  /** Such as `ssh-ed25519`. */
  type: string;
  /** The public key blob, base64. */
  key: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string;
  /** An administrator said that it is the right one. Nothing else is an approval: not that it was the first one seen. */
  isApproved: boolean;
}

/** A host key as it is seen for the first time. */
export interface SeenHostKey extends HostKey {
  /** By `pin-first-use`: it gives way to another only when it is forgotten. Default false: it waits for approval. */
  isTrusted?: boolean;
}

/** Remembers the host keys of machines by name and port. */
export interface HostKeys {
  /** The pinned key, approved or only seen, or null. */
  find(hostname: string, port: number): Promise<HostKey | null>;
  /** Remembers a key seen for the first time; when another process was quicker, returns the key that it pinned. */
  remember(hostname: string, port: number, key: SeenHostKey): Promise<HostKey>;
  /** Writes down that the machine showed another key than the pinned one. */
  noteChange?(hostname: string, port: number, seen: HostKey): Promise<void>;
}
