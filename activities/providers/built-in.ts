/** The clouds that come with the package, and their kinds. */
import type { Provider } from '../cloud.js';
import { alibaba } from './alibaba/provider.js';
import { huawei } from './huawei/provider.js';
import { naver } from './naver/provider.js';

export { BUILT_IN_KINDS } from './built-in-kinds.js';

/** The clouds that come with the package: Huawei Cloud, NAVER Cloud and Alibaba Cloud. */
export const BUILT_IN_PROVIDERS: readonly Provider[] = [huawei, naver, alibaba];
