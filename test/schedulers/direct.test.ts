import { describeStarting } from '../contracts/starting.js';
import { bench, shells } from './support.js';

for (const shell of shells) describeStarting(`with ${shell.command} as sh`, () => bench(shell));
