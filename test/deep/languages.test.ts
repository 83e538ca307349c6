/** The examples that a compiler makes first, which takes minutes where its packages are not cached yet. */
import { languageSuite } from '../support/language-suite.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

languageSuite(rig, 'go');
languageSuite(rig, 'java');
