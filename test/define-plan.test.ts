/** What the compiler says of plans: each `@ts-expect-error` is an error, or `npm run typecheck` fails. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { BUILT_IN_KINDS } from '../activities/providers/built-in-kinds.js';
import type { ProvisionerClient } from '../client/client.js';
import { definePlan, type KindSpecs } from '../client/index.js';
import { checkPlanShape, type StepOutputs } from '../contract/index.js';

const studio = {
  kind: 'huawei.dataarts-studio.workspace',
  connection: 'huawei',
  spec: { name: 'orders', eps_id: '0' },
} as const;
const flow = {
  version: '2.0.0',
  kind: 'CycleWorkflow',
  spec: { workflows: [{ name: 'daily', script: { path: 'daily', runtime: { command: 'WORKFLOW' } } }] },
} as const;

declare module '../client/index.js' {
  interface KindSpecs {
    'acme.lockers.locker': { name: string; note?: string };
  }
}

describe('a plan that is typed by its kinds', () => {
  it('knows the spec of every built-in kind', () => {
    expectTypeOf<keyof KindSpecs>().toEqualTypeOf<
      | 'huawei.dataarts-studio.workspace'
      | 'huawei.dataarts-fabric.workspace'
      | 'naver.data-forest.ai-workspace'
      | 'alibaba.dataworks.workflow'
      | 'alibaba.dataworks.project'
      | 'acme.lockers.locker'
    >();
    const known: Record<Exclude<keyof KindSpecs, 'acme.lockers.locker'>, true> = {
      'huawei.dataarts-studio.workspace': true,
      'huawei.dataarts-fabric.workspace': true,
      'naver.data-forest.ai-workspace': true,
      'alibaba.dataworks.workflow': true,
      'alibaba.dataworks.project': true,
    };
    expect(Object.keys(known).sort()).toEqual(BUILT_IN_KINDS.map(({ name }) => name).sort());
  });

  it('is the plan that was written, with its steps as its type', () => {
    const resources = {
      workspace: studio,
      flow: {
        kind: 'alibaba.dataworks.workflow',
        connection: 'alibaba',
        spec: { ProjectId: { $ref: 'workspace.id' }, Spec: flow },
        dependsOn: ['workspace'],
      },
    } as const;
    const plan = definePlan({ name: 'orders', resources, onFailure: 'pause' });
    expect(plan).toEqual({ name: 'orders', resources, onFailure: 'pause' });
    expect(checkPlanShape(plan)).toEqual({ value: plan });
    expectTypeOf<keyof typeof plan.resources>().toEqualTypeOf<'workspace' | 'flow'>();
  });

  it('gives a result that has exactly its steps', () => {
    const plan = definePlan({ name: 'orders', resources: { workspace: studio } });
    const result = async (client: ProvisionerClient) => await (await client.provision(plan)).result();
    expectTypeOf<Awaited<ReturnType<typeof result>>>().toEqualTypeOf<{ readonly workspace: StepOutputs }>();
  });

  it('takes a kind of somebody’s own once it is declared', () => {
    definePlan({
      name: 'p',
      resources: { box: { kind: 'acme.lockers.locker', connection: 'acme', spec: { name: 'a' } } },
    });
    definePlan({
      name: 'p',
      // @ts-expect-error its spec has no such field
      resources: { box: { kind: 'acme.lockers.locker', connection: 'acme', spec: { name: 'a', nots: 'b' } } },
    });
  });

  it('takes a secret and a reference in place of any value', () => {
    definePlan({
      name: 'p',
      resources: {
        ws: studio,
        ai: {
          kind: 'naver.data-forest.ai-workspace',
          connection: 'naver',
          spec: {
            name: { $ref: 'ws.id' },
            configuration: { docker: { image: 'a:b', command: 'ls', env: { KEY: { $secret: 'key' } } } },
          },
        },
      },
    });
  });
});

describe('the compiler refuses', () => {
  it('a field that the kind does not have', () => {
    definePlan({
      name: 'p',
      resources: {
        ws: {
          kind: 'huawei.dataarts-studio.workspace',
          connection: 'huawei',
          // @ts-expect-error nmae
          spec: { name: 'a', eps_id: '0', nmae: 'b' },
        },
      },
    });
  });

  it('a field of another kind', () => {
    definePlan({
      name: 'p',
      resources: {
        ws: {
          kind: 'huawei.dataarts-studio.workspace',
          connection: 'h',
          // @ts-expect-error metastore_id is Fabric's
          spec: { name: 'a', eps_id: '0', metastore_id: 'b' },
        },
      },
    });
  });

  it('a wrong field deep in a spec', () => {
    definePlan({
      name: 'p',
      resources: {
        ai: {
          kind: 'naver.data-forest.ai-workspace',
          connection: 'naver',
          // @ts-expect-error imagee
          spec: { name: 'a', configuration: { docker: { imagee: 'a:b', command: 'ls' } } },
        },
      },
    });
  });

  it('a value of another type', () => {
    definePlan({
      name: 'p',
      // @ts-expect-error a name is a string
      resources: { ws: { kind: 'huawei.dataarts-fabric.workspace', connection: 'h', spec: { name: 7 } } },
    });
  });

  it('a required field that is missing', () => {
    definePlan({
      name: 'p',
      // @ts-expect-error name is required
      resources: { ws: { kind: 'huawei.dataarts-fabric.workspace', connection: 'h', spec: {} } },
    });
  });

  it('a kind that there is not', () => {
    definePlan({
      name: 'p',
      resources: {
        // @ts-expect-error no such kind
        ws: { kind: 'huawei.dataarts-studio.workspaces', connection: 'h', spec: { name: 'a', eps_id: '0' } },
      },
    });
  });

  it('a reference and a dependency to a step that there is not', () => {
    definePlan({
      name: 'p',
      resources: {
        ws: studio,
        // @ts-expect-error no step wss
        ref: { ...studio, spec: { ...studio.spec, name: { $ref: 'wss.id' } } },
      },
    });
    definePlan({
      name: 'p',
      // @ts-expect-error no step wss
      resources: { ws: studio, dep: { ...studio, dependsOn: ['wss'] } },
    });
  });

  it('an unknown field of the plan and of a resource', () => {
    // @ts-expect-error onFailures
    definePlan({ name: 'p', resources: { ws: studio }, onFailures: 'pause' });
    definePlan({
      name: 'p',
      // @ts-expect-error retained
      resources: { ws: { kind: studio.kind, connection: 'h', spec: studio.spec, retained: true } },
    });
  });
});
