/**
 * What the service demands of a workflow's FlowSpec. The public JSON schemas reject Alibaba's own example, so this encodes
 * what its field notes and samples say (dataworks-spec, SpecErrorCode; aliyun skills, "FlowSpec guide").
 */
import { parse, stringify } from 'lossless-json';
import { FieldReader, isObject } from '../fields.js';
import { BadField, RefusedCall } from '../operation.js';

export interface FlowSpec {
  readonly type: 'CycleWorkflow' | 'ManualWorkflow';
  readonly name: string;
  readonly path: string;
  readonly description: string;
}

const VERSION = { pattern: /^(1\.[012]\.0|2\.\d+\.\d+)$/, rule: 'must be 1.0.0, 1.1.0, 1.2.0 or 2.x.x' };

/** Only the first workflow counts; further ones and inner nodes are ignored. */
export function readFlowSpec(text: string): FlowSpec {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof BadField)) throw error;
    // 0x5083000000000005 is PARSE_ERROR of the library the service runs; 58014884415 is how it arrives.
    throw new RefusedCall({
      status: 400,
      code: '58014884415',
      message: `code: 0x5083000000000005, the Spec cannot be parsed: ${error.message}`,
    });
  }
}

function read(text: string): FlowSpec {
  const document = FieldReader.fromJson(Buffer.from(text, 'utf8'));
  document.requiredText('version', VERSION);
  const type = document.requiredText('kind');
  if (type !== 'CycleWorkflow' && type !== 'ManualWorkflow') {
    throw new BadField('kind', 'must be CycleWorkflow or ManualWorkflow');
  }
  const workflow = document.object('spec')?.objects('workflows')?.[0];
  if (!workflow) throw new BadField('spec.workflows', 'must hold a workflow');
  const name = workflow.requiredText('name');
  const script = workflow.object('script');
  if (!script) throw new BadField(workflow.pathOf('script'), 'must not be empty');
  const path = script.requiredText('path');
  if (path.split('/').at(-1) !== name) throw new BadField('script.path', 'Script path must end with node name');
  const command = script.object('runtime')?.text('command');
  if (command === undefined || command === '')
    throw new BadField('script.runtime.command', 'script.runtime.command is empty');
  if (command !== 'WORKFLOW') throw new BadField('script.runtime.command', 'must be WORKFLOW');
  checkTrigger(workflow);
  checkStrategy(workflow);
  return { type, name, path, description: workflow.text('description') ?? '' };
}

function checkTrigger(workflow: FieldReader): void {
  const trigger = workflow.object('trigger');
  if (!trigger) return;
  const type = trigger.text('type');
  if (type !== undefined && type !== 'Scheduler' && type !== 'Manual') {
    throw new BadField(trigger.pathOf('type'), 'must be Scheduler or Manual');
  }
  const cron = trigger.text('cron');
  if (type === 'Scheduler' && (cron === undefined || cron.trim().split(/\s+/).length !== 6)) {
    throw new BadField(trigger.pathOf('cron'), 'must have six fields');
  }
}

const STRATEGY: Readonly<Record<string, readonly string[]>> = {
  instanceMode: ['T+1', 'Immediately'],
  rerunMode: ['Allowed', 'Denied', 'FailureAllowed'],
  failureStrategy: ['Break', 'Continue'],
};

function checkStrategy(workflow: FieldReader): void {
  const strategy = workflow.object('strategy');
  for (const [name, allowed] of Object.entries(STRATEGY)) {
    const value = strategy?.text(name);
    if (value !== undefined && !allowed.includes(value)) {
      throw new BadField(`${workflow.pathOf('strategy')}.${name}`, `must be one of ${allowed.join(', ')}`);
    }
  }
}

type Json = Readonly<Record<string, unknown>>;

/** The service adds metadata and an id, so what comes back is never byte for byte what was sent. */
export function storedFlowSpec(text: string, added: { readonly id: string; readonly projectId: string }): string {
  const metadata = { tenantId: '524257424564736', projectId: added.projectId, uuid: added.id };
  return edit(text, { metadata }, () => ({ id: added.id }));
}

/** The same document with its workflow renamed, moved or described anew. */
export function rewriteFlowSpec(
  text: string,
  changes: { readonly name?: string; readonly path?: string; readonly description?: string },
): string {
  const { path, ...rest } = changes;
  return edit(text, {}, (workflow) => {
    const script = isObject(workflow.script) ? workflow.script : {};
    return { ...rest, ...(path !== undefined && { script: { ...script, path } }) };
  });
}

function edit(text: string, top: Json, change: (workflow: Json) => Json): string {
  const document = parseLosslessly(text);
  if (!isObject(document)) return text;
  const spec = isObject(document.spec) ? document.spec : {};
  const workflows: unknown = spec.workflows;
  const [first = {}, ...others] = Array.isArray(workflows) ? workflows.filter(isObject) : [];
  const edited = { ...spec, workflows: [{ ...first, ...change(first) }, ...others] };
  return stringify({ ...document, ...top, spec: edited }) ?? text;
}

/** Numbers beyond 2^53 inside a document keep their digits. Undefined where a key is there twice: this parser minds. */
function parseLosslessly(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
