/** What each move is called in its form, what it does, and which fields it takes besides who and why. */
import type { Act } from './offers.js';

export type FieldName = 'id' | 'outputs' | 'confirm' | 'includeProtected' | 'typed';

export interface ActWords {
  readonly title: string;
  readonly does: string;
  readonly fields: readonly FieldName[];
  /** Deletes something, or gives something up. */
  readonly grave: boolean;
  /** A cancel is Temporal's own request, which has no room for them. */
  readonly signed: boolean;
}

const usual = { fields: [], grave: false, signed: true } as const;
const grave = { ...usual, grave: true } as const;

export const ACT_WORDS: Readonly<Record<Act, ActWords>> = {
  retry: { ...usual, title: 'Retry', does: 'Makes the step again, or tries its undo again now.' },
  adopt: {
    ...usual,
    title: 'Adopt',
    does: 'Lets a resource that exists stand for the step, once the cloud confirms it; while undoing, keeps what cannot be deleted.',
    fields: ['id'],
  },
  skip: {
    ...usual,
    title: 'Skip',
    does: 'Goes on without making the step. Other steps get the outputs that you give.',
    fields: ['outputs'],
  },
  rollback: { ...grave, title: 'Roll back', does: 'Deletes everything that the plan made. Its outcome is RolledBack.' },
  abandon: {
    ...grave,
    title: 'Abandon',
    does: 'Lets go of what cannot be deleted: it may stay alive, and nobody will delete it. The outcome is Abandoned.',
    fields: ['confirm'],
  },
  approve: { ...usual, title: 'Approve', does: 'Creates what the plan says.' },
  reject: {
    ...grave,
    title: 'Reject',
    does: 'Refuses the plan. Nothing is created; what was made before a reset is undone.',
  },
  deprovision: {
    ...grave,
    title: 'Deprovision',
    does: 'Deletes what the plan provisioned, in reverse order. What is retained or adopted is kept. Nothing stops it once it is under way.',
    fields: ['includeProtected', 'typed'],
  },
  cancel: {
    ...grave,
    title: 'Cancel',
    does: 'Rolls back: everything that the plan made is deleted again. It says neither who nor why.',
    fields: ['typed'],
    signed: false,
  },
};
