/** A resource without a plan, in workflows that do with it what the example does not. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { OneRun, useIsolates } from '../support/one-run.js';

const isolates = useIsolates(fileURLToPath(new URL('../support/own-resources.ts', import.meta.url)));
let run: OneRun;

const KIND = 'huawei.dataarts-fabric.workspace';
const calls = () => run.of('activity').map(({ id }) => id);
const start = async (workflowType: string, ...args: string[]) => {
  run = await OneRun.with(isolates, args, { workflowType, workflowId: 'own' });
};
const gone = () => run.answer('lab.delete', { completed: { deleted: 1 } });

test('a delete waits for the create that is under way, whose resource would be left behind else', async () => {
  await start('impatient');
  await run.ring();
  expect([calls(), run.of('cancel-activity')]).toEqual([['lab.create'], [expect.anything()]]);
  run.at += 60_000;
  await run.answer('lab.create', { completed: { outputs: { id: 'id-lab' }, adopted: false, resent: false } });
  expect(calls()).toEqual(['lab.create', 'lab.delete']);
  const [input] = run.of('activity').at(-1)?.args ?? [];
  expect(input).toMatchObject({ id: 'id-lab', createEndedAt: run.at });
  await gone();
  expect(run.of('complete')).toMatchObject([{ result: 'late' }]);
});

test('a create that is told to stop before it sent anything leaves nothing to delete', async () => {
  await start('impatient');
  await run.ring();
  await run.answer('lab.create', { failed: { is: 'cancelled', details: [{ sent: 'never', resent: false }] } });
  expect([calls(), run.of('complete')]).toMatchObject([['lab.create'], [{ result: 'late' }]]);
});

test('a second create after one that may have made something is refused, and the first is deleted', async () => {
  await start('stubborn');
  await run.fails(`${KIND}.create`, 'NetworkFailure', { sent: 'unknown', resent: false });
  expect(calls()).toEqual(['lab.create', 'lab.delete']);
  await gone();
  expect(run.of('complete')).toMatchObject([{ result: expect.stringContaining('delete it before') }]);
});

test('a create after one that made nothing is sent, and deleted', async () => {
  await start('stubborn');
  await run.fails(`${KIND}.create`, 'ServiceLimitExceeded', { sent: 'refused', resent: false });
  await run.answer('lab.create', { completed: { outputs: { id: 'id-lab' }, adopted: false, resent: false } });
  expect(calls()).toEqual(['lab.create', 'lab.create', 'lab.delete']);
  await gone();
  expect(run.of('complete')).toMatchObject([{ result: 'made' }]);
});

test.each(['', 'my lab', 'lab.1', 'l'.repeat(100)])(
  'a step called %j is refused, and nothing is sent',
  async (step) => {
    await start('unnamed', step);
    expect([calls(), run.of('fail')]).toMatchObject([
      [],
      [{ type: 'Misused', message: expect.stringMatching(/^step: /) }],
    ]);
  },
);
