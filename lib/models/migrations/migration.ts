/** One step from an older shape of the tables to a newer one. */
export interface Migration {
  /** `NNNN-what`, in order; never changed once it was released. */
  name: string;
  /** SQL, each run as one round trip. */
  statements: readonly string[];
}
