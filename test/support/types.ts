import type { Models } from '../../lib/index.js';

export type InstanceOf<Name extends keyof Models> = InstanceType<Models[Name]>;
