/** The host key of a machine as people see it. */

/** The key that a machine must show. */
export interface KnownHostKey {
  /** Such as `ssh-ed25519`. */
  type: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string;
  /** An administrator approved it. False: it was only seen, and `approved-only` waits for somebody to approve it. */
  isApproved: boolean;
  /** Approved, or pinned by a process with `pin-first-use`: it gives way to another only when it is forgotten. */
  isTrusted: boolean;
  firstSeenAt: Date;
  /** Null: nobody did. */
  approvedAt: Date | null;
  approvedBy: string | null;
}

/** Another key, which a machine showed in the place of the known one. */
export interface OfferedHostKey {
  type: string;
  fingerprint: string;
  /** When it was shown last. */
  seenAt: Date;
}

/** What is known of the host key of a machine. */
export interface HostKeyState {
  /** Null: none is pinned. */
  hostKey: KnownHostKey | null;
  /** The other key that the machine showed last; null: none. */
  offered: OfferedHostKey | null;
}

/** Keys are pinned by name and port: several servers may share them. */
export interface MachineHostKeys extends HostKeyState {
  hostname: string;
  port: number;
}
