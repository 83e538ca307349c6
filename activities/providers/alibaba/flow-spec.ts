/**
 * FlowSpec as CreateWorkflowDefinition takes it: one workflow, its script, schedule and outputs. Alibaba's public JSON
 * Schema models an older shape and refuses the documentation's own example, so the rules here are those of that page,
 * of SpecWorkflow.java and its neighbours in aliyun/dataworks-spec, and of Alibaba's notes on this API.
 */
import { z } from 'zod';

const kinds = z.enum(['CycleWorkflow', 'ManualWorkflow']);

/** "Not used" says its README; servers add their own keys to it. */
const freeMap = z.record(z.string(), z.unknown());

const time = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, 'must be a time as yyyy-MM-dd HH:mm:ss');

const count = z.int().min(0);

const trigger = z
  .strictObject({
    id: z.string().optional(),
    type: z.enum(['Scheduler', 'Manual']),
    cron: z
      .string()
      .regex(/^\S+(?: \S+){5}$/, 'must be a cron expression of six fields, seconds first')
      .optional(),
    startTime: time.optional(),
    endTime: time.optional(),
    timezone: z.string().min(1).optional(),
    delaySeconds: count.optional(),
  })
  .refine(({ type, cron }) => type !== 'Scheduler' || cron !== undefined, {
    path: ['cron'],
    message: 'required for a trigger of type Scheduler',
  });

const strategy = z.strictObject({
  priority: z.int().optional(),
  timeout: count.optional(),
  instanceMode: z.enum(['T+1', 'Immediately']).optional(),
  rerunMode: z.enum(['Allowed', 'Denied', 'FailureAllowed']).optional(),
  rerunTimes: count.optional(),
  /** Milliseconds. */
  rerunInterval: count.optional(),
  failureStrategy: z.enum(['Break', 'Continue']).optional(),
  ignoreBranchConditionSkip: z.boolean().optional(),
});

const nodeOutput = z.strictObject({
  id: z.string().optional(),
  data: z.string().min(1),
  artifactType: z.literal('NodeOutput').optional(),
  refTableName: z.string().optional(),
  isDefault: z.boolean().optional(),
});

const script = z.strictObject({
  id: z.string().optional(),
  path: z.string().min(1),
  language: z.string().optional(),
  content: z.string().optional(),
  parameters: z.array(freeMap).optional(),
  runtime: z.strictObject({
    engine: z.string().optional(),
    command: z.literal('WORKFLOW', 'must be "WORKFLOW"'),
  }),
});

const ignored = (what: string) =>
  z
    .array(z.unknown())
    .max(0, `must be empty: CreateWorkflowDefinition ignores ${what} without a word; make them with CreateNode`)
    .optional();

const workflow = z
  .strictObject({
    id: z.string().optional(),
    name: z.string().min(1),
    owner: z.string().optional(),
    description: z.string().optional(),
    metadata: freeMap.optional(),
    script,
    trigger: trigger.optional(),
    strategy: strategy.optional(),
    inputs: freeMap.optional(),
    outputs: z
      .strictObject({
        nodeOutputs: z.array(nodeOutput).optional(),
        variables: z.array(freeMap).optional(),
        tables: z.array(freeMap).optional(),
      })
      .optional(),
    nodes: ignored('inner nodes'),
    dependencies: ignored('dependencies of inner nodes'),
  })
  .refine(({ name, script: { path } }) => path.split('/').at(-1) === name, {
    path: ['script', 'path'],
    message: 'its last part must equal the name of the workflow',
  });

export const flowSpec = z
  .strictObject(
    {
      version: z
        .string()
        .regex(/^(?:1\.[012]\.0|2\.\d+\.\d+)$/, 'must be a FlowSpec version: 1.0.0, 1.1.0, 1.2.0 or 2.x.x'),
      kind: kinds,
      metadata: freeMap.optional(),
      spec: z.strictObject({
        name: z.string().optional(),
        type: kinds.optional(),
        workflows: z
          .array(workflow)
          .length(1, 'must hold exactly one workflow: DataWorks creates the first and ignores others without a word'),
      }),
    },
    {
      error: ({ code }) =>
        code === 'invalid_type' ? 'must be the FlowSpec document as an object, not as JSON text' : undefined,
    },
  )
  .refine(({ kind, spec }) => kind !== 'ManualWorkflow' || spec.workflows[0]?.trigger?.type !== 'Scheduler', {
    path: ['spec', 'workflows', 0, 'trigger', 'type'],
    message: 'a ManualWorkflow has no schedule: leave the trigger out, or make the kind CycleWorkflow',
  });

export type FlowSpec = z.infer<typeof flowSpec>;

/** The one workflow of a document. A spec that still holds references may not have it. */
export function workflowOf(document: FlowSpec): FlowSpec['spec']['workflows'][number] | undefined {
  return document?.spec?.workflows?.[0];
}

/** The document with its workflow described so. */
export function describeWorkflow(document: FlowSpec, description: string): FlowSpec {
  const [first, ...rest] = document.spec.workflows;
  if (!first) return document;
  return { ...document, spec: { ...document.spec, workflows: [{ ...first, description }, ...rest] } };
}
