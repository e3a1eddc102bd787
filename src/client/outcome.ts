/** What a server answers: RESP2's values, and those of RESP3 that this project asks for. Maps arrive as flat lists. */
export type Reply = string | number | null | readonly Reply[] | ErrorReply;

/** An error inside a reply, as in the answers of a transaction. */
export interface ErrorReply {
  readonly error: string;
}

export function isList(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}

/**
 * How a question ended. No kind stands for another: "nobody listens" is not "no answer in time", and neither of them is
 * "the password is refused".
 */
export type Outcome =
  /** It was answered. */
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** It was answered with an error that says nothing about the server's state, e.g. `READONLY …` or `ERR unknown command`. */
  | { readonly kind: 'error'; readonly message: string }
  /** The server lives but does not serve now: `LOADING`, `BUSY`, `MASTERDOWN`, `MISCONF`. */
  | { readonly kind: 'busy'; readonly message: string }
  /** The password or user is refused: `WRONGPASS`, `NOAUTH`, `NOPERM`. Nothing was carried out. */
  | { readonly kind: 'denied'; readonly message: string }
  /** Nobody listens at that address, or the connection was closed before the answer came. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The certificate is not accepted, by either side. */
  | { readonly kind: 'untrusted'; readonly message: string }
  /** No answer within the time, or no way to whoever should answer; `message` says why where that is known. */
  | { readonly kind: 'silent'; readonly afterMs: number; readonly message?: string };

export type OutcomeKind = Outcome['kind'];

/** Any end but an answer as it was hoped for. */
export type Failure = Exclude<Outcome, { kind: 'reply' }>;

/** The kind of an error line that a server answers, by its first word. */
export function kindOfError(message: string): 'error' | 'busy' | 'denied' {
  const code = message.split(' ', 1)[0] ?? '';
  if (code === 'LOADING' || code === 'BUSY' || code === 'MASTERDOWN' || code === 'MISCONF') return 'busy';
  // Said to a new connection in place of an answer to its first command.
  if (message.startsWith('ERR max number of clients')) return 'busy';
  // A Redis without a password set answers AUTH with `ERR AUTH …`, which is no refusal of ours to be served.
  if (code === 'WRONGPASS' || code === 'NOAUTH' || code === 'NOPERM') return 'denied';
  return 'error';
}

/** In words for people. */
export function describe(failure: Failure): string {
  if (failure.kind !== 'silent') return failure.message;
  return failure.message ?? `no answer within ${Math.round(failure.afterMs)} ms`;
}
