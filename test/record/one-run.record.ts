import { useRig } from '../support/rig.js';
import { DECIDED } from './decided.js';
import { LATER } from './later.js';
import { OWNED } from './owned.js';
import { PROVISIONED } from './provisioned.js';
import { record } from './record.js';
import { RESET } from './reset.js';
import { UNDONE } from './undone.js';

record(useRig({ taskQueue: 'histories' }), [...PROVISIONED, ...UNDONE, ...RESET, ...DECIDED, ...OWNED, ...LATER]);
