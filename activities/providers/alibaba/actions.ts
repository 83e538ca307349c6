/**
 * The actions of DataWorks 2024-05-18 that we use: which verb, and which parameter travels in the query and which in
 * the form. Source: client.go of alibabacloud-go/dataworks-public-20240518, generated from Alibaba's API metadata.
 */
import type { CloudAnswer, CloudRequest, Effect } from '../../cloud.js';

export const API_VERSION = '2024-05-18';

interface Action {
  readonly method: 'GET' | 'POST';
  readonly effect: Effect;
  readonly query?: readonly string[];
  readonly form?: readonly string[];
}

const ACTIONS = {
  CreateWorkflowDefinition: { method: 'POST', effect: 'creates', form: ['ProjectId', 'Spec'] },
  GetWorkflowDefinition: { method: 'GET', effect: 'none', query: ['Id', 'ProjectId', 'IncludeScriptContent'] },
  ListWorkflowDefinitions: {
    method: 'GET',
    effect: 'none',
    query: ['ProjectId', 'Type', 'Name', 'Owner', 'PageNumber', 'PageSize'],
  },
  DeleteWorkflowDefinition: { method: 'POST', effect: 'changes', form: ['Id', 'ProjectId'] },
  CreatePipelineRun: { method: 'POST', effect: 'changes', form: ['ProjectId', 'Type', 'ObjectIds', 'Description'] },
  GetPipelineRun: { method: 'GET', effect: 'none', query: ['ProjectId', 'Id'] },
  ExecPipelineRunStage: { method: 'POST', effect: 'changes', query: ['ProjectId'], form: ['Code', 'Id'] },
  AbolishPipelineRun: { method: 'POST', effect: 'withdraws', form: ['Id', 'ProjectId'] },
  CreateProject: {
    method: 'POST',
    effect: 'creates',
    form: [
      'Name',
      'DisplayName',
      'Description',
      'PaiTaskEnabled',
      'DevEnvironmentEnabled',
      'DevRoleDisabled',
      'AliyunResourceGroupId',
      'AliyunResourceTags',
    ],
  },
  GetProject: { method: 'GET', effect: 'none', query: ['Id'] },
  ListProjects: { method: 'POST', effect: 'none', form: ['Ids', 'Names', 'Status', 'PageNumber', 'PageSize'] },
  DeleteProject: { method: 'POST', effect: 'changes', form: ['Id'] },
} as const satisfies Readonly<Record<string, Action>>;

export type ActionName = keyof typeof ACTIONS;

type ParameterOf<A extends Action> =
  | (A extends { readonly query: readonly (infer Q extends string)[] } ? Q : never)
  | (A extends { readonly form: readonly (infer F extends string)[] } ? F : never);

type Parameters<N extends ActionName> = {
  readonly [P in ParameterOf<(typeof ACTIONS)[N]>]?: string | number | boolean | object | undefined;
};

/** A request for an action; parameters left undefined are left out, lists and objects travel as JSON text. */
export function action<N extends ActionName>(name: N, parameters: Parameters<N>): CloudRequest {
  const { method, effect, query, form }: Action = ACTIONS[name];
  return {
    operation: name,
    service: 'dataworks',
    method,
    path: '/',
    ...(query && { query: pick(parameters, query) }),
    ...(form && { form: pick(parameters, form) }),
    effect,
  };
}

function pick(
  parameters: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const given = names.filter((name) => parameters[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, toText(parameters[name])]));
}

function toText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function requestIdOf({ requestId }: CloudAnswer): { readonly requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}
