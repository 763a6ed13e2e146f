/** Writes the script for pages to `outFile` and reports its size. @throws Error above 45 kB with gzip */
export function bundleClient(
  outFile: string,
  options?: { report?: (line: string) => void },
): Promise<{ bytes: number; gzipBytes: number }>;
