/** The script of a page: `<script type="module" src="/drs/client.js"></script>` defines the elements. */

import { defineElements } from './elements/define.js';

// The folder of this script is the mount.
defineElements({ base: new URL('.', import.meta.url).href });

export * from './index.js';
// In the place of the one for programs.
export { connectPage as connectDrs } from './page-client.js';
