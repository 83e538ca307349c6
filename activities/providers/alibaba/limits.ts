/** What Alibaba Cloud documents as limits of DataWorks 2024-05-18, and what we assume where it documents none. */

/** CreateProject: 3 to 28 letters, digits and underscores, a letter first, unique in a region. */
export const PROJECT_NAME_PATTERN = /^[A-Za-z][A-Za-z0-9_]{2,27}$/;

/**
 * No page limits the description of a project or a workflow. Bounded all the same: the marker takes about 200
 * characters, and a cloud that cuts the rest would cut the marker, which stands last.
 */
export const DESCRIPTION_MAX = 1024;

export const ALIBABA_LIMITS = {
  /** 5 requests a second over all APIs of an account and region: "Use DataWorks OpenAPI", Basic to Professional edition. */
  requestsPerMinute: 300,
  /** As many as one second allows, so that a burst of quick answers stays near that rate. */
  concurrency: 5,
} as const;

/** List actions allow at most 100 items a page. */
export const PAGE_SIZE = 100;

/** 20,000 entries: of one name in a look-up, of the whole project in a sweep. More is not looked through. */
export const MAX_PAGES = 200;

/** No duration is documented. Six times our request deadline. */
export const LATE_COMMIT_WINDOW_MS = 120_000;

/**
 * Taking a workflow offline: its stages took seconds each in Alibaba's own notes (deploy-guide of
 * alibabacloud-dataworks-datastudio-develop), and the Basic edition allows 100 calls a day, so the interval grows. A stage
 * refused five times in a row, over some four seconds, was not just asked for too early.
 */
export const OFFLINE_POLL = { firstMs: 250, growth: 1.6, maxMs: 10_000, polls: 40, refusals: 5 } as const;
