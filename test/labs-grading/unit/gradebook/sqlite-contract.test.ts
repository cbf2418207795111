import { join } from 'node:path';
import { open } from '../../../contract/store/sqlite.ts';
import { storeContract } from '../../../contract/store.ts';
import { root } from '../../../house/modules.ts';

storeContract('SQLite', { open, module: join(root, 'test/contract/store/sqlite.ts') });
