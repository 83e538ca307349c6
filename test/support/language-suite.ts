/** What each example program in another language is held to: it starts, follows and cancels a plan, and reads the failure. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it, type TestContext } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import { type Language, type Prepared, prepare } from './example-programs.js';
import { aiWorkspace, fabric } from './resources.js';
import type { Rig } from './rig.js';

interface End {
  readonly code: number;
  readonly lines: readonly string[];
}

export function languageSuite(rig: Rig, language: Language): void {
  const folder = mkdtempSync(join(tmpdir(), `example-${language}-`));

  /** Also an empty list, which some ways to send JSON make null of. */
  const planOf = (more: object = {}): Plan => ({
    name: rig.planName(),
    resources: { ai: aiWorkspace(), fabric: fabric('fabric-ws', { dependsOn: ['ai'], ...more }) },
  });

  describe(`the example in ${language}`, () => {
    let prepared: Prepared;

    beforeAll(async () => {
      prepared = await prepare(language);
      const told = 'missing' in prepared ? `left out, since ${prepared.missing}` : 'ran';
      process.stdout.write(`example in ${language}: ${told}\n`);
    }, 590_000);

    async function run(context: TestContext, plan: Plan, ...args: string[]): Promise<End> {
      if ('missing' in prepared) return context.skip(prepared.missing);
      const { program } = prepared;
      rig.track(workflowIdOf(plan.name));
      const file = join(folder, `${plan.name}.json`);
      writeFileSync(file, JSON.stringify(plan));
      const env = {
        ...process.env,
        ...program.env,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TEMPORAL_HTTP_ADDRESS: inject('temporalHttpUrl'),
        PROVISIONER_TASK_QUEUE: rig.taskQueue,
      };
      return await new Promise((resolve) => {
        execFile(program.command, [...program.args, ...args, file], { env }, (error, stdout, stderr) => {
          expect(stderr).toBe('');
          resolve({ code: error ? Number(error.code) : 0, lines: stdout.trim().split('\n') });
        });
      });
    }

    it('follows a plan to its outputs, and attaches to it when it is started again', async (context) => {
      rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 2_000 });
      const plan = planOf({ spec: { name: 'fabric-ws', tags: [] } });
      const { code, lines } = await run(context, plan);
      expect(code).toBe(0);
      expect(lines).toEqual(expect.arrayContaining(['ai: live', 'fabric: creating', 'Provisioned']));
      expect(lines.at(-1)).toMatch(/^fabric\.id = \S+$/);
      const asked = rig.simulator.state().requests;
      const again = await run(context, plan);
      expect([again.code, again.lines.at(-1)]).toEqual([0, lines.at(-1)]);
      expect(rig.simulator.state().requests).toEqual(asked);
    });

    it('tells a rollback by its type, its ledger and the provider’s request', async (context) => {
      rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse' });
      const { code, lines } = await run(context, planOf());
      expect(code).toBe(1);
      const [outcome, ...rest] = lines.slice(lines.findIndex((line) => line.startsWith('RolledBack')));
      expect(outcome).toMatch(/^RolledBack: Rolled back: fabric failed\./);
      expect(rest.slice(0, 2).sort()).toEqual(['ai: deleted', 'fabric: refused']);
      expect(rest[2]).toMatch(/^cause: InvalidRequest, request [0-9a-f]{32}$/);
      expect(rig.alive()).toEqual([]);
    });

    it('cancels when it is told to, and tells what was rolled back', async (context) => {
      rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 3_000 });
      const { code, lines } = await run(context, planOf(), '--cancel-after-step', 'ai');
      expect(code).toBe(1);
      const [outcome, ...steps] = lines.slice(lines.indexOf('Cancelled'));
      expect(outcome).toBe('Cancelled');
      expect(steps.sort()).toEqual(['ai: deleted', 'fabric: deleted']);
      expect(rig.alive()).toEqual([]);
    });

    it('tells every problem of a plan that cannot start', async (context) => {
      const { code, lines } = await run(context, planOf({ spec: { name: 'x' } }));
      expect(code).toBe(1);
      expect(lines.at(-2)).toMatch(/^InvalidPlan: Not started/);
      expect(lines.at(-1)).toBe('resources.fabric.spec.name: must be 4 to 32 letters, digits or -');
    });
  });
}
