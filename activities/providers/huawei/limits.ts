/** What a Huawei account may do unless its connection says otherwise, and how far a list may go. */

/**
 * DataArts Studio: 20 calls a minute and user for each workspace API ("API Overview", apiOverview_Manager). Counted for
 * all of a connection's calls together: Fabric publishes no figure, and 20 for each is more than a saga needs.
 */
export const HUAWEI_LIMITS = { requestsPerMinute: 20, concurrency: 8 } as const;

/** DataArtsFabric allows at most 100 a page; Studio documents no maximum. */
export const LIST_PAGE_SIZE = 100;

/** 10,000 workspaces. Neither service documents a maximum, but every look-up reads all of it; more is not looked through. */
export const MAX_LIST_PAGES = 100;

/** Neither service says how long a lost create may still take effect; far above the gateway's own time-out of 60 s. */
export const LATE_COMMIT_WINDOW_MS = 2 * 60_000;
