/**
 * What the clouds leave open, or what a test wants otherwise: each setting is one such question. All can be changed
 * while the simulator runs (`POST /__simulator/settings`).
 */
import { isObject } from './fields.js';
import type { Service } from './operation.js';

export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
}

/** `documented`: DataArts Studio 20 a minute per user and API, DataWorks 5 a second over all; the others publish none. */
export type RateLimits = 'off' | 'documented' | { readonly [S in Service]?: RateLimit };

/** What the clouds leave open, or a test wants otherwise. Times are in ms. */
export interface SimulatorSettings {
  readonly rateLimits: RateLimits;
  /** Whether an exceeded rate limit says how long to wait; no cloud documents that it does. */
  readonly throttleHints: 'none' | 'given';
  /** Added to the machine's clock: for signatures' clocks, token lifetimes and blocked names. */
  readonly clockOffsetMs: number;
  /** Huawei's gateway locks a key after more consecutive signature failures than this, for that long. */
  readonly huaweiLockAfter: number;
  readonly huaweiLockMs: number;
  readonly huaweiTokenLifetimeMs: number;
  /** Newer services of Huawei spell the gateway's codes APIGW. */
  readonly huaweiGatewayPrefix: 'APIG' | 'APIGW';
  /** How DataArts Studio says no to a write: no source documents it. */
  readonly studioRefusals: 'bad-request' | 'is-success-false' | 'errors-array';
  /** Which of the three documented spellings DataArts Fabric uses for a missing workspace. */
  readonly fabricNotFound: '404' | '00010003' | '00010009';
  readonly fabricQuota: number;
  /** `docker.workdir` left NAVER's API on 2024-08-08; whether it is refused or ignored is unknown. */
  readonly naverWorkdir: 'refused' | 'ignored';
  readonly naverDuplicates: 'refused' | 'accepted';
  readonly naverQuota: number;
  /** Both outcomes of a second CreateWorkflowDefinition of one name are described by Alibaba's own notes. */
  readonly alibabaDuplicates: 'refused' | 'accepted';
  /** The type of 19-digit ids in answers changed twice. */
  readonly alibabaIds: 'string' | 'number';
  readonly alibabaThrottling: 'word' | 'numeric';
  /** How long a pipeline stage runs. */
  readonly alibabaStageMs: number;
  /** Code of a pipeline stage that ends in Fail; empty: none. */
  readonly alibabaFailingStage: string;
  readonly projectInitializingMs: number;
  readonly projectDeletingMs: number;
  /** A deleted project's name stays blocked this long: 14 days. */
  readonly projectNameBlockedMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export const DEFAULT_SETTINGS: SimulatorSettings = {
  rateLimits: 'off',
  throttleHints: 'none',
  clockOffsetMs: 0,
  huaweiLockAfter: 5,
  huaweiLockMs: 5 * 60 * 1000,
  huaweiTokenLifetimeMs: DAY_MS,
  huaweiGatewayPrefix: 'APIG',
  studioRefusals: 'bad-request',
  fabricNotFound: '00010003',
  // The real number is unpublished (the successor product says 5): high enough not to hinder a test suite.
  fabricQuota: 1000,
  naverWorkdir: 'ignored',
  naverDuplicates: 'refused',
  naverQuota: 1000,
  alibabaDuplicates: 'refused',
  alibabaIds: 'string',
  alibabaThrottling: 'word',
  alibabaStageMs: 0,
  alibabaFailingStage: '',
  projectInitializingMs: 200,
  projectDeletingMs: 0,
  projectNameBlockedMs: 14 * DAY_MS,
};

const CHOICES: { readonly [Name in keyof SimulatorSettings]?: readonly string[] } = {
  throttleHints: ['none', 'given'],
  huaweiGatewayPrefix: ['APIG', 'APIGW'],
  studioRefusals: ['bad-request', 'is-success-false', 'errors-array'],
  fabricNotFound: ['404', '00010003', '00010009'],
  naverWorkdir: ['refused', 'ignored'],
  naverDuplicates: ['refused', 'accepted'],
  alibabaDuplicates: ['refused', 'accepted'],
  alibabaIds: ['string', 'number'],
  alibabaThrottling: ['word', 'numeric'],
};

const SERVICES: readonly string[] = ['dataarts-studio', 'dataarts-fabric', 'iam', 'data-forest', 'dataworks'];

/** Checks a part of the settings; throws one Error that names all problems by path. */
export function parseSettings(value: unknown): Partial<SimulatorSettings> {
  if (!isObject(value)) throw new Error('settings: must be an object');
  const problems = Object.entries(value).flatMap(([name, given]) => {
    if (!isSetting(name)) return [`${name}: unknown; known are ${Object.keys(DEFAULT_SETTINGS).join(', ')}`];
    const problem = problemOf(name, given);
    return problem ? [`${name}: ${problem}`] : [];
  });
  if (problems.length > 0) throw new Error(`settings: ${problems.join('; ')}`);
  return value as Partial<SimulatorSettings>;
}

function isSetting(name: string): name is keyof SimulatorSettings {
  return Object.hasOwn(DEFAULT_SETTINGS, name);
}

function problemOf(name: keyof SimulatorSettings, value: unknown): string | undefined {
  if (name === 'rateLimits') return problemOfRateLimits(value);
  const choices = CHOICES[name];
  if (choices) return choices.some((choice) => choice === value) ? undefined : `must be one of ${choices.join(', ')}`;
  if (typeof DEFAULT_SETTINGS[name] === 'string') return typeof value === 'string' ? undefined : 'must be a string';
  const lowest = name === 'clockOffsetMs' ? Number.MIN_SAFE_INTEGER : 0;
  return Number.isSafeInteger(value) && Number(value) >= lowest
    ? undefined
    : `must be an integer of at least ${lowest}`;
}

function problemOfRateLimits(value: unknown): string | undefined {
  if (value === 'off' || value === 'documented') return undefined;
  if (!isObject(value)) return 'must be "off", "documented", or { service: { requests, perMs } }';
  for (const [service, limit] of Object.entries(value)) {
    if (!SERVICES.includes(service)) return `unknown service; known are ${SERVICES.join(', ')}`;
    if (!isObject(limit) || !isPositive(limit.requests) || !isPositive(limit.perMs)) {
      return `${service} must be { requests, perMs }, both integers above 0`;
    }
  }
  return undefined;
}

function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
