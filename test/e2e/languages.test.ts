/** The examples that need no compiler. Those that do are in test/deep/languages.test.ts. */
import { languageSuite } from '../support/language-suite.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

languageSuite(rig, 'curl');
languageSuite(rig, 'python');
