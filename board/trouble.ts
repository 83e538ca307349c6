/** What went wrong, as a page: a status, a heading, what to do. Never a stack trace, never a value that was sent. */
import { html } from 'hono/html';
import { InvalidRequestError, PlanConflictError, ProvisionNotFoundError } from '../client/errors.js';
import { undecipherable } from '../client/undecipherable.js';
import { grpcCode, unreachable } from '../client/unreachable.js';
import type { Html } from './page.js';

export type TroubleStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 422 | 500 | 502;

export class Trouble extends Error {
  override readonly name = 'Trouble';

  constructor(
    readonly status: TroubleStatus,
    readonly heading: string,
    /** One paragraph each. */
    readonly lines: readonly string[],
  ) {
    super(heading);
  }
}

const CANNOT_SHOW = 'This view cannot be shown';

/** The list was asked behind a token that the server does not take. */
export function pageGone(): Trouble {
  return new Trouble(400, CANNOT_SHOW, [
    'The link leads to a page of the list that is no more; begin with the first one.',
  ]);
}

/** INVALID_ARGUMENT (grpc.io, "Status Codes"): visibility does not know an attribute. */
const INVALID_ARGUMENT = 3;

export function troubleBody({ heading, lines }: Trouble): Html {
  return html`<h1>${heading}</h1><div class="lead">${lines.map((line) => html`<p>${line}</p>`)}<p><a href="/">All plans</a></p></div>`;
}

/** @param address Of the Temporal server. */
export function troubleOf(error: unknown, address: string): Trouble {
  if (error instanceof Trouble) return error;
  if (error instanceof ProvisionNotFoundError) {
    return new Trouble(404, 'No such plan', [
      'No workflow has this plan’s name, or its history is past the namespace’s retention.',
      'Look for it in the list; start it with: provisioner provision FILE.',
    ]);
  }
  if (error instanceof PlanConflictError) return new Trouble(404, 'Not a plan', [error.message]);
  if (error instanceof InvalidRequestError) {
    const lines = error.problems.map(({ path, message }) => `${path}: ${message}`);
    return new Trouble(400, CANNOT_SHOW, lines);
  }
  const locked = undecipherable(error);
  if (locked !== undefined) return new Trouble(422, CANNOT_SHOW, [locked]);
  const reason = unreachable(error);
  if (reason !== undefined) return new Trouble(502, 'No answer from the Temporal server', [`${reason}.`, at(address)]);
  if (error instanceof TooLate) {
    return new Trouble(502, 'No answer from the Temporal server', ['It did not answer in time.', at(address)]);
  }
  if (grpcCode(error) === INVALID_ARGUMENT) {
    return new Trouble(400, CANNOT_SHOW, [
      'The namespace lacks the search attributes that this view is about; create them with: provisioner setup.',
    ]);
  }
  return new Trouble(500, 'Something is wrong with the board', [
    'This is a defect of the board, and nothing that you did. What it was stands in the board’s own output.',
  ]);
}

function at(address: string): string {
  return `The server is looked for at ${address}.`;
}

/** Took longer than somebody looks at an empty page. */
class TooLate extends Error {
  override readonly name = 'TooLate';
}

/** The SDK tries again for longer than a browser should wait. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(`longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
