/** Writes `components.bundle.js`, the panel's components for browsers, into `outDir`, which is made if it is missing. */
export function bundleAdmin(outDir: string): Promise<void>;
