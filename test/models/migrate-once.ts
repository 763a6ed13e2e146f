/** A process of the migration test: migrates the database of its argument. */

import { Sequelize } from 'sequelize';
import { migrate } from '../../lib/models/migrate.js';

const sequelize = new Sequelize(process.argv[2] ?? '', { logging: false, pool: { max: 1 } });
await migrate(sequelize);
await sequelize.close();
