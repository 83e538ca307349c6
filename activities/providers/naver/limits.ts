/** What NAVER Cloud Data Forest documents as limits of AI workspaces, and what we assume where it documents none. */

/** Page "create" of AI Workspaces: at most 15, lower-case letter first, single hyphens, none at the end. */
export const NAME_PATTERN = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){0,14}$/;

/** Same page: at most 22 characters, a UUID in base 62. Its own samples have 21 and 22, so 22 is not demanded. */
export const ACCOUNT_ID_PATTERN = /^[0-9A-Za-z]{1,22}$/;

/** Same page, error example: the pattern that the service itself names. */
export const IMAGE_PATTERN = /^(dataforest\/)?([a-z0-9._-]{1,30}):([a-z0-9._-]{1,20})$/;

/** Same page. */
export const DESCRIPTION_MAX = 255;

/** Data type AiAppResource: 1 to 8 GPUs. */
export const GPU_COUNT_MAX = 8;

export const NAVER_LIMITS = {
  /** No rate is published for df.apigw.ntruss.com: one request a second leaves the console usable beside us. */
  requestsPerMinute: 60,
  concurrency: 4,
} as const;

/** No duration is documented. Six times our request deadline, and twice the gateway's usual 60 s back-end time-out. */
export const LATE_COMMIT_WINDOW_MS = 120_000;
