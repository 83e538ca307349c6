/**
 * Data Forest: AI workspaces of one account, and the AI apps that may run in one. Success and failure share an envelope
 * without codes. Source: NAVER Cloud API, "AI Workspaces" (create, checkAvailableName, getList, getDetail, delete).
 */
import { FieldReader } from '../fields.js';
import type { Answer } from '../http.js';
import { BadField, type Call, type Operation, RefusedCall } from '../operation.js';
import type { AiWorkspace, Resource, World } from '../world.js';
import { checkConfiguration } from './configuration.js';

const KIND = 'naver.data-forest.ai-workspace';
type Workspace = Resource<AiWorkspace>;

const ID = { min: 1, max: 22 };
const NAME = { pattern: /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){0,14}$/ };
const DESCRIPTION = { max: 255 };

const NO_SUCH_ELEMENT = { status: 404, message: 'no such element' };

export function aiWorkspaceOperations(world: World): readonly Operation[] {
  const operation = (
    name: string,
    effect: Operation['effect'],
    run: (fields: FieldReader, call: Call) => object,
    subject?: (fields: FieldReader) => string | undefined,
  ): Operation => ({
    name,
    service: 'data-forest',
    effect,
    run: (call): Answer => ({ status: 200, body: { success: true, ...run(bodyOf(call), call) } }),
    ...(subject && { subject: (call: Call) => subject(bodyOf(call)) }),
  });
  const nameOfBody = (fields: FieldReader): string | undefined => fields.text('name');
  const nameOfId = (fields: FieldReader): string | undefined => world.get(KIND, fields.text('id') ?? '')?.name;
  return [
    operation('aiworkspaces/create', 'write', (fields) => createWorkspace(world, fields), nameOfBody),
    operation('aiworkspaces/checkAvailableName', 'read', (fields, call) => checkName(world, fields, call), nameOfBody),
    operation('aiworkspaces/getList', 'read', (fields, call) => {
      accountOf(world, search(fields));
      return listOf(world.list(KIND, call.asOf).map(summary));
    }),
    operation('aiworkspaces/getDetail', 'read', (fields, call) => detail(wanted(world, fields, call.asOf)), nameOfId),
    operation('aiworkspaces/getConfigurationList', 'read', (fields, call) =>
      listOf(configurations(wanted(world, fields, call.asOf))),
    ),
    operation('aiworkspaces/setConfiguration', 'write', (fields) => setConfiguration(world, fields), nameOfId),
    operation('aiworkspaces/getDockerImageList', 'read', () => ({
      dockerImages: { tensorflow: ['tensorflow:r2.3.1-py3'], pytorch: ['pytorch:1.7.0-py3'] },
    })),
    operation('aiworkspaces/delete', 'write', (fields) => deleteWorkspace(world, fields), nameOfId),
    operation('accounts/getList', 'read', () => accounts(world)),
    operation('aiapps/getList', 'read', (fields) => {
      accountOf(world, search(fields));
      return listOf(world.list(KIND).flatMap(apps));
    }),
    operation('aiapps/kill', 'write', (fields) => killApp(world, fields)),
  ];
}

/** accounts/getList comes without a body. */
function bodyOf(call: Call): FieldReader {
  return call.request.body.length === 0 ? FieldReader.of({}) : FieldReader.fromJson(call.request.body);
}

function search(fields: FieldReader): FieldReader {
  const found = fields.object('search');
  if (!found) throw new BadField('search', 'must not be null');
  return found;
}

function accountOf(world: World, fields: FieldReader): string {
  const accountId = fields.requiredText('accountId', ID);
  if (accountId !== world.credentials.naver.accountId) throw new RefusedCall(NO_SUCH_ELEMENT);
  return accountId;
}

function wanted(world: World, fields: FieldReader, asOf?: number): Workspace {
  const workspace = world.get(KIND, fields.requiredText('id', ID), asOf);
  if (!workspace) throw new RefusedCall(NO_SUCH_ELEMENT);
  return workspace;
}

function listOf(contents: readonly object[]): object {
  return { total: contents.length, contents };
}

function checkName(world: World, fields: FieldReader, call: Call): object {
  accountOf(world, fields);
  const name = fields.requiredText('name', NAME);
  return { availableName: world.list(KIND, call.asOf).every((workspace) => workspace.name !== name) };
}

function deleteWorkspace(world: World, fields: FieldReader): object {
  const workspace = wanted(world, fields);
  world.remove(workspace);
  return { id: workspace.id };
}

function createWorkspace(world: World, fields: FieldReader): object {
  const name = fields.requiredText('name', NAME);
  const description = fields.text('description', DESCRIPTION);
  checkConfiguration(world, fields);
  const accountId = accountOf(world, fields);
  const { naverDuplicates, naverQuota } = world.settings;
  // No wording for a duplicate is documented; the status is that of a parameter error.
  if (naverDuplicates === 'refused' && world.byName(KIND, name)) throw new BadField('name', 'Already exists', name);
  if (world.list(KIND).length >= naverQuota) {
    throw new RefusedCall({ status: 400, message: 'exceeded limit on resource quota' });
  }
  const configuration = { configuration: fields.raw('configuration'), at: world.now() };
  const body: AiWorkspace = { kind: KIND, accountId, configurations: [configuration] };
  return { id: world.add({ name, description, body }).id };
}

function setConfiguration(world: World, fields: FieldReader): object {
  const workspace = wanted(world, fields);
  checkConfiguration(world, fields);
  workspace.modifiedAt = world.now();
  workspace.body.configurations = [
    { configuration: fields.raw('configuration'), at: workspace.modifiedAt },
    ...workspace.body.configurations,
  ];
  return { id: workspace.id };
}

const ACCOUNT_NAME = 'simulator';

const isoTime = (ms: number): string => new Date(ms).toISOString();

function summary(workspace: Workspace): object {
  return {
    id: workspace.id,
    name: workspace.name,
    accountName: ACCOUNT_NAME,
    description: workspace.description,
    imageVersion: imageOf(workspace),
    disabled: false,
    createdAt: isoTime(workspace.createdAt),
    modifiedAt: isoTime(workspace.modifiedAt),
  };
}

function imageOf(workspace: Workspace): string {
  const [latest] = workspace.body.configurations;
  if (!latest) return '';
  return FieldReader.of(latest.configuration).object('docker')?.text('image') ?? '';
}

function configurations(workspace: Workspace): readonly object[] {
  return workspace.body.configurations.map(({ configuration, at }) => ({
    configuration,
    createdAt: isoTime(at),
    modifiedAt: isoTime(at),
  }));
}

function detail(workspace: Workspace): object {
  const { disabled: _, ...rest } = { disabled: false, ...summary(workspace) };
  return { ...rest, accountId: workspace.body.accountId, contents: configurations(workspace) };
}

function accounts(world: World): object {
  const { accountId } = world.credentials.naver;
  const account = { id: accountId, name: ACCOUNT_NAME, principal: `${ACCOUNT_NAME}@KR.DF.NAVERNCP.COM` };
  return listOf([{ ...account, status: 'RUNNING', createdAt: isoTime(0), disabled: false }]);
}

/** An app's only link to its workspace is the workspace's name. Apps come only from the control API, as `contents`. */
function apps(workspace: Workspace): readonly object[] {
  return workspace.contents.map((name) => ({
    id: name,
    appId: name,
    name,
    workspaceName: workspace.name,
    state: 'RUNNING',
    finalStatus: 'UNDEFINED',
    startedAt: isoTime(workspace.createdAt),
    finishedAt: null,
  }));
}

function killApp(world: World, fields: FieldReader): object {
  const id = fields.requiredText('id');
  const workspace = world.list(KIND).find((each) => each.contents.includes(id));
  if (!workspace) throw new RefusedCall(NO_SUCH_ELEMENT);
  workspace.contents = workspace.contents.filter((name) => name !== id);
  return { id };
}
