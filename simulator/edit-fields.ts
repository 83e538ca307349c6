/**
 * Fields of a resource changed behind its cloud's back, under the names that its create has for them. Any value goes,
 * also one that the cloud would refuse: it is what somebody else, or another version of the cloud, may have left there.
 */
import { FieldReader } from './fields.js';
import type { AiWorkspace, DataWorksWorkflow, KindName, Resource } from './world.js';

type Edit = (resource: Resource, value: unknown) => void;

const own =
  (key: 'name' | 'description'): Edit =>
  (resource, value) =>
    void Object.assign(resource, { [key]: value });

const inBody =
  (key: string): Edit =>
  ({ body }, value) =>
    void Object.assign(body, { [key]: value });

const flag =
  (key: string): Edit =>
  ({ body }, value) => {
    if (body.kind === 'alibaba.dataworks.project') Object.assign(body, { flags: { ...body.flags, [key]: value } });
  };

const EDITS: Readonly<Record<KindName, Readonly<Record<string, Edit>>>> = {
  'huawei.dataarts-studio.workspace': {
    name: own('name'),
    description: own('description'),
    eps_id: inBody('epsId'),
    job_log_location_name: inBody('jobLogLocation'),
    bad_record_location_name: inBody('badRecordLocation'),
  },
  'huawei.dataarts-fabric.workspace': {
    name: own('name'),
    description: own('description'),
    metastore_id: inBody('metastoreId'),
    enterprise_project_id: inBody('enterpriseProjectId'),
    tags: inBody('tags'),
  },
  'naver.data-forest.ai-workspace': {
    name: own('name'),
    description: own('description'),
    configuration: ({ body }, value) => reconfigure(body as AiWorkspace, value),
  },
  'alibaba.dataworks.workflow': { Spec: (resource, value) => rewrite(resource as Resource<DataWorksWorkflow>, value) },
  'alibaba.dataworks.project': {
    Name: own('name'),
    Description: own('description'),
    DisplayName: inBody('displayName'),
    AliyunResourceGroupId: inBody('resourceGroupId'),
    AliyunResourceTags: inBody('tags'),
    PaiTaskEnabled: flag('PaiTaskEnabled'),
    DevEnvironmentEnabled: flag('DevEnvironmentEnabled'),
    DevRoleDisabled: flag('DevRoleDisabled'),
  },
};

/** Throws before anything is changed where a field is unknown. */
export function editFields(resource: Resource, fields: Readonly<Record<string, unknown>>): void {
  const edits = EDITS[resource.body.kind];
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(edits, name));
  if (unknown !== undefined)
    throw new Error(`resource.fields.${unknown}: unknown; known are ${Object.keys(edits).join(', ')}`);
  for (const [name, value] of Object.entries(fields)) edits[name]?.(resource, value);
}

function reconfigure(body: AiWorkspace, configuration: unknown): void {
  const [latest, ...others] = body.configurations;
  body.configurations = [{ at: latest?.at ?? 0, configuration }, ...others];
}

/** What the lists show of a workflow comes from its document. */
function rewrite(resource: Resource<DataWorksWorkflow>, document: unknown): void {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const fields = FieldReader.fromJson(Buffer.from(text));
  const workflow = fields.object('spec')?.objects('workflows')?.[0];
  const name = workflow?.text('name') ?? resource.name;
  const description = workflow?.text('description') ?? '';
  const type = fields.text('kind') ?? resource.body.type;
  const path = workflow?.object('script')?.text('path') ?? resource.body.path;
  Object.assign(resource, { name, description });
  Object.assign(resource.body, { type, path, spec: text });
}
