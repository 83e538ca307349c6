/** Something of every export, types and values, so that a compiler has to read each. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineKind, type Kind, ProvisionerPlugin } from 'temporal-provisioner';
import { type LedgerReading, ProvisionerClient } from 'temporal-provisioner/client';
import { checkPlanShape, type Ledger, type Plan } from 'temporal-provisioner/contract';
import { createEncryption, type Encryption } from 'temporal-provisioner/encryption';
import { provisionerService } from 'temporal-provisioner/nexus';
import { definePlan, resource } from 'temporal-provisioner/own-workflows';
import manifest from 'temporal-provisioner/package.json' with { type: 'json' };
import planSchema from 'temporal-provisioner/plan.schema.json' with { type: 'json' };
import { explore, SCENARIOS, startSimulator } from 'temporal-provisioner/testing';
import { prebuiltWorkflowBundle } from 'temporal-provisioner/workflow-bundle';
import { deprovision, provision, sweepOrphans, verifyPlan } from 'temporal-provisioner/workflows';

export type Types = readonly [Kind, LedgerReading, Ledger, Plan, Encryption];

/** Ids are strings of the kinds' own outputs, and a step that is not in the plan is an error of types. */
export function typed(): string {
  const plan = definePlan({
    name: 'typed',
    resources: { ws: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: 'ws' } } },
  });
  // @ts-expect-error: there is no such step.
  return plan.resources.nothing;
}

const values = { defineKind, ProvisionerPlugin, ProvisionerClient, checkPlanShape, provisionerService, resource };
const more = { explore, SCENARIOS, startSimulator, deprovision, provision, sweepOrphans, verifyPlan, createEncryption };
const missing = Object.entries({ ...values, ...more }).flatMap(([name, value]) => (value === undefined ? [name] : []));
const bundle = readFileSync(prebuiltWorkflowBundle().codePath, 'utf8').length;
const { dataConverter } = createEncryption({ current: 'one', keys: { one: () => 'ab'.repeat(32) } });
const { failureConverterPath } = dataConverter;
const main = fileURLToPath(import.meta.resolve('temporal-provisioner'));
process.stdout.write(
  `${JSON.stringify({ missing, bundle, main, failureConverterPath, version: manifest.version, schema: planSchema.type })}\n`,
);
