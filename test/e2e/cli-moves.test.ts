/** Operators' moves from the command line: what is printed, the exit codes, and what an operator reads before and after. */
import { userInfo } from 'node:os';
import { describe, expect, inject, test } from 'vitest';
import type { Ledger } from '../../contract/ledger.js';
import { type CliEnd, runCli } from '../cli-process.js';
import { outcomeOf } from '../support/closing.js';
import { useRig } from '../support/rig.js';
import { parkedUndo, pausedPlan, STUCK, type Stuck } from '../support/stuck-plans.js';

const rig = useRig();
const cli = (...args: string[]): Promise<CliEnd> => runCli([...args, '--address', inject('temporalAddress')]);
const jsonOf = ({ stdout }: CliEnd) => JSON.parse(stdout) as Record<string, unknown>;

/** As an operator types it. */
function typed({ plan, move, request }: Stuck): string[] {
  const { step, id, outputs, confirm } = request;
  return [
    move,
    plan,
    ...(step === undefined ? [] : [step]),
    ...(id === undefined ? [] : [id]),
    ...Object.entries(outputs ?? {}).flatMap(([name, value]) => ['--output', `${name}=${String(value)}`]),
    ...(confirm === undefined ? [] : ['--confirm', confirm]),
    '--why',
    'ticket 7',
  ];
}

const EXITS: Readonly<Record<string, number>> = { Provisioned: 0, RolledBack: 1, Rejected: 2, Abandoned: 3 };

describe.each(STUCK)('provisioner %s', (_move, stage) => {
  test('sends the move as the system’s user, and watches the plan if that is asked', async () => {
    const stuck = await stage(rig);
    const end = await cli(...typed(stuck), '--wait', '--json');
    expect(end.code).toBe(EXITS[stuck.outcome]);
    const by = userInfo().username;
    expect(jsonOf(end)).toMatchObject({
      ledger: { moves: [{ move: stuck.move, by, why: 'ticket 7', result: 'done' }] },
    });
    expect(await outcomeOf(stuck.run)).toBe(stuck.outcome);
    expect(rig.alive()).toEqual(stuck.alive);
  });

  test('tells in one line what was done, with who and why', async () => {
    const stuck = await stage(rig);
    const { code, stdout } = await cli(...typed(stuck), '--by', 'ann');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Done\\. ann: ${stuck.move}.* \\(ticket 7\\)\\n`));
    expect(await outcomeOf(stuck.run)).toBe(stuck.outcome);
  });
});

test('what waits is listed, and its status gives the commands that decide', async () => {
  const { run, plan } = await pausedPlan(rig);
  const listed = await cli('list', '--attention');
  expect(listed.stdout).toMatch(new RegExp(`^${plan}  needs an operator`, 'm'));
  const { code, stdout } = await cli('status', plan);
  expect(code).toBe(3);
  expect(stdout).toMatch(/needs an operator since .*: its create failed\. Moves: retry, adopt, skip, rollback\./);
  const commands = [...stdout.matchAll(/^ {2}provisioner --address \S+ (.*)$/gm)].map(([, command]) => command);
  expect(commands).toEqual([
    `retry ${plan} flow --why WHY`,
    `adopt ${plan} flow ID --why WHY`,
    `skip ${plan} flow --output id=ID --why WHY`,
    `rollback ${plan} --why WHY`,
  ]);
  // As it stands there, with a reason.
  expect((await cli('retry', plan, 'flow', '--why', 'WHY')).code).toBe(0);
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect((await cli('status', plan)).stdout).toMatch(/^moves\n {2}\S+ {2}\S+: retry flow \(WHY\), done$/m);
});

test('a move that is refused ends with 2, in the run’s own words', async () => {
  const { run, plan } = await pausedPlan(rig);
  const refused = await cli('abandon', plan, 'flow', '--confirm', 'x', '--why', 'w');
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain(
    'Not possible now: abandon flow: flow is refused. Possible: retry flow, adopt flow, skip flow, rollback.',
  );
  const json = await cli('retry', plan, 'nobody', '--why', 'w', '--json');
  expect([json.code, jsonOf(json)]).toEqual([2, { error: 'There is no such step; steps: base, flow.' }]);
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
});

test('a command that lacks something says what, without a server being asked', async () => {
  const { run, plan } = await parkedUndo(rig);
  const missing = async (...args: string[]) => (await cli(...args)).stderr;
  expect(await missing('retry', plan, 'base')).toContain("required option '--why <text>' not specified");
  expect(await missing('retry', plan, '--why', 'w')).toContain("missing required argument 'step'");
  expect(await missing('skip', plan, 'base', '--why', 'w')).toContain("required option '--output <name=value>'");
  expect(await missing('skip', plan, 'base', '--why', 'w', '--output', 'id')).toContain('must be name=value');
  expect(await missing('abandon', plan, 'base', '--why', 'w')).toContain('--confirm is missing');
  expect(await missing('retry', plan, 'base', '--why', ' ')).toContain('why: required: 1 to 500 characters');
  expect(await missing('retry', 'no-such-plan', 'a', '--why', 'w')).toContain(
    'There is no workflow provision-no-such-plan',
  );
  rig.simulator.clearFaults();
  expect((await cli('retry', plan, 'base', '--why', 'permission granted', '--wait')).code).toBe(1);
  expect(await outcomeOf(run)).toBe('RolledBack');
});

test('a plan that is over takes no move, and says so', async () => {
  const { run, plan } = await pausedPlan(rig);
  await cli('rollback', plan, '--why', 'w', '--wait');
  expect(await outcomeOf(run)).toBe('RolledBack');
  const end = await cli('retry', plan, 'flow', '--why', 'w');
  expect([end.code, end.stderr]).toEqual([2, expect.stringContaining('is over: no move is possible any more')]);
});

test('with no worker alive the ledger still tells the moves that were made', async () => {
  const { run, plan } = await pausedPlan(rig);
  await cli('skip', plan, 'flow', '--output', 'id=mine', '--why', 'made by hand');
  expect(await outcomeOf(run)).toBe('Provisioned');
  await rig.stopWorker();
  const { ledger, ledgerSource } = jsonOf(await cli('status', plan, '--json')) as {
    ledger: Ledger;
    ledgerSource: string;
  };
  expect(ledgerSource).toBe('history');
  expect(ledger.moves).toMatchObject([{ move: 'skip', step: 'flow', why: 'made by hand', result: 'done' }]);
  expect(ledger.steps.flow).toMatchObject({ state: 'live', id: 'mine', adopted: true, skipped: true });
  await rig.startWorker();
});
