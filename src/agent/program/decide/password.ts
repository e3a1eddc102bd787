/** What takes a password in this pod. */
export type Part = 'server' | 'sentinel';

/**
 * What a part is told: to let the new password in too (`accept`), or to use it towards the others as well (`use`).
 */
export type PasswordStepName = 'accept' | 'use';

/** What all servers and Sentinels said to one password. */
export interface Survey {
  readonly password: string;
  readonly askedAt: number;
  /** Those that refuse it. */
  readonly refusers: readonly string[];
  /** Those of which it is not known. */
  readonly unanswered: readonly string[];
  /** The named master takes this password, and refuses the one in use. */
  readonly masterInsists: boolean;
  /** This pod's Sentinel considers someone down. */
  readonly seesDown: boolean;
}

/** What is known for the change of the password. */
export interface PasswordKnown {
  readonly now: number;
  readonly ordinal: number;
  /** What runs in this pod. */
  readonly parts: readonly Part[];
  /** ms */
  readonly downAfter: number;
  /** What the Secret's mounted file holds: a password, or why it cannot be one. */
  readonly secret: { readonly value?: string; readonly fault?: string };
  /** In force in this pod: what it uses, and another that its server and Sentinel accept. */
  readonly used: string;
  readonly accepted?: string;
  /** What each part has been told and has carried out since the passwords in force last changed. */
  readonly told: ReadonlyMap<Part, PasswordStepName>;
  /** The newest. */
  readonly survey?: Survey;
}

export interface PasswordMemory {
  /** Undefined: an agent that was restarted does not know. */
  readonly step?: PasswordStepName;
  /** It was said that all parts have done it. */
  readonly said: boolean;
  /** What was wrong with the Secret's value. */
  readonly ignored?: string;
  /** Looks in a row in which all take the new one. */
  readonly turn: number;
  readonly unansweredSince?: number;
  /** All have let this pod in with the password in use. */
  readonly settled: boolean;
  /** Those that did not when last asked. */
  readonly refusedBy: readonly string[];
  /** Since when the own Sentinel considers someone down although all let this pod in, as far as was looked. */
  readonly seesDownSince?: number;
  readonly looks: number;
  /** Of the survey that was last gone by. */
  readonly surveyedAt: number;
}

export type PasswordOrder =
  /** Writes both down, for all that starts in this pod from now on. */
  | { readonly do: 'put-in-force'; readonly used: string; readonly accepted: string }
  | { readonly do: 'tell'; readonly part: Part; readonly step: PasswordStepName }
  /** Asks all with the one in use, or with the other. */
  | { readonly do: 'survey'; readonly password: string }
  /** The own Sentinel makes its links anew. */
  | { readonly do: 'reconnect-sentinel' };

export interface PasswordStep {
  readonly memory: PasswordMemory;
  readonly orders: readonly PasswordOrder[];
  readonly say: readonly string[];
  readonly why: string;
}

/** Beyond `down-after`, the time for which one without an answer is waited for, ms: by then it is considered down. */
const SILENT_MS = 10_000;
/** Looks: they come once a second. */
const LOOK_MS = 1000;
const LOOKS_PER_TURN = 2;
const LOOK_EVERY = 10;
const LOOK_FIRST = 5;
/** While pods start a Sentinel considers servers down that have only just answered; it notices that within a second or two, ms. */
const NOTICED_MS = 5000;

export function newPasswordMemory(): PasswordMemory {
  return { said: false, turn: 0, settled: false, refusedBy: [], looks: 0, surveyedAt: -Infinity };
}

/**
 * The password is changed while everything runs: the Secret is changed, the kubelets bring the new one into the mounted
 * files, each at its own time, and the pods are rolled when that is wanted. A pod goes through it in steps:
 *
 *   1 its file has another password    its server and its Sentinel accept that one too, and go on using the old one
 *   2 all accept the new one           they use the new one towards the others, and go on accepting the old one
 *   3 it is rolled                     its successor has never heard of the old one
 *
 * Nobody is cut off by it, and clients may use either from 1 to 3. What is in force is written down before a process is told,
 * so one that starts meanwhile begins with it.
 *
 * | the file holds          | all others                                 | then                                           |
 * |-------------------------|--------------------------------------------|------------------------------------------------|
 * | what cannot be one      |                                            | says so; what was in force stays               |
 * | the one in use          |                                            | nothing, if it is the only one                 |
 * | an unknown one          |                                            | accepts it, tells its server and Sentinel      |
 * | the accepted one        | one refuses it                             | waits                                          |
 * | the accepted one        | one does not answer, for less than down-after + 10 s | waits                                |
 * | the accepted one        | take it, in less than 2 × ordinal + 1 looks | waits for its turn                            |
 * | the accepted one        | take it                                    | uses it; the other one is accepted still       |
 * | the accepted one        | the master takes it, and refuses the one in use | uses it at once                           |
 *
 * Pods take turns, since a Sentinel that is told makes its links anew, and a moment without them is a reason for a failover
 * if a majority has it. Called once a second, and when a survey is there.
 *
 * | once the new one is in use, all take it, and the own Sentinel | then                                             |
 * |----------------------------------------------------------------|--------------------------------------------------|
 * | was refused by one before                                      | connects anew: it keeps a connection that was refused |
 * | considers someone down, for less than 5 s                      | waits: that one may have just started            |
 * | considers someone down, for 5 s                                | connects anew                                    |
 */
export function decidePassword(known: PasswordKnown, memory: PasswordMemory, look: boolean): PasswordStep {
  const { secret, used, accepted } = known;
  if (secret.value === undefined) return ignore(memory, secret.fault ?? 'it cannot be read');
  const listening: PasswordMemory = memory.ignored === undefined ? memory : { ...memory, ignored: undefined };
  if (secret.value !== used && secret.value !== accepted)
    return putInForce(listening, used, secret.value, 'a new password');
  if (secret.value === accepted) return accept(known, listening, accepted, look);
  // Changed back before anything came of it: the old one is in use as it was.
  if (listening.step === 'accept') return idle(listening, 'the Secret was changed back');
  return use(known, listening, look);
}

function ignore(memory: PasswordMemory, fault: string): PasswordStep {
  if (memory.ignored === fault) return idle(memory, 'the Secret cannot be used');
  const say = [`password-ignored reason=${fault}; the one of before stays in force`];
  return { memory: { ...memory, ignored: fault }, orders: [], say, why: 'the Secret cannot be used' };
}

function accept(known: PasswordKnown, before: PasswordMemory, password: string, look: boolean): PasswordStep {
  const { orders, say, memory: told } = tell(known, before, 'accept');
  const { survey, now, ordinal, downAfter } = known;
  if (look) orders.push({ do: 'survey', password });
  if (survey?.password !== password || survey.askedAt <= told.surveyedAt) {
    return { memory: told, orders, say, why: 'both are accepted; asking all whether they take the new one' };
  }
  const surveyed: PasswordMemory = { ...told, surveyedAt: survey.askedAt };
  if (survey.masterInsists) return changeUse(known, surveyed, password, say, 'the master takes only the new one');
  const unansweredSince = survey.unanswered.length > 0 ? (told.unansweredSince ?? survey.askedAt) : undefined;
  const memory: PasswordMemory = { ...surveyed, unansweredSince };
  if (survey.refusers.length > 0) {
    return { memory: { ...memory, turn: 0 }, orders, say, why: `not taken yet by ${survey.refusers.join(' ')}` };
  }
  if (unansweredSince !== undefined && now - unansweredSince < downAfter + SILENT_MS) {
    return { memory, orders, say, why: `no answer from ${survey.unanswered.join(' ')}` };
  }
  const turn = memory.turn + 1;
  if (turn <= LOOKS_PER_TURN * ordinal) return { memory: { ...memory, turn }, orders, say, why: 'waits for its turn' };
  return changeUse(known, memory, password, say, 'all take the new one');
}

function use(known: PasswordKnown, before: PasswordMemory, look: boolean): PasswordStep {
  const told = known.accepted === undefined ? { orders: [], say: [], memory: before } : tell(known, before, 'use');
  if (told.memory.settled || !known.parts.includes('sentinel')) {
    return {
      ...told,
      why: known.accepted === undefined ? 'one password' : 'uses the new one, accepts the old one too',
    };
  }
  return logInAgain(known, told, look);
}

/**
 * A Sentinel that was refused once keeps that connection, and considers the other down for ever: it must be told to connect
 * anew. So all are asked for a while from the start of the pod and from each change, and for as long as one does not let this
 * pod in.
 */
function logInAgain(
  known: PasswordKnown,
  told: Pick<PasswordStep, 'orders' | 'say' | 'memory'>,
  look: boolean,
): PasswordStep {
  const orders = [...told.orders];
  const say = [...told.say];
  const { survey, used, downAfter } = known;
  let memory = told.memory;
  if (look) {
    memory = { ...memory, looks: memory.looks + 1 };
    // One that is away is not asked all the time.
    const due =
      memory.refusedBy.length > 0 || memory.seesDownSince !== undefined || memory.looks % LOOK_EVERY === LOOK_FIRST;
    if (due) orders.push({ do: 'survey', password: used });
  }
  if (survey?.password !== used || survey.askedAt <= memory.surveyedAt)
    return { memory, orders, say, why: 'one password' };
  const { refusers, unanswered } = survey;
  const changed = memory.refusedBy.length > 0 && memory.refusedBy.join(' ') !== refusers.join(' ');
  const allLetIn = refusers.length === 0 && unanswered.length === 0;
  const seesDownSince = allLetIn && survey.seesDown ? (memory.seesDownSince ?? survey.askedAt) : undefined;
  const isStuck = seesDownSince !== undefined && survey.askedAt - seesDownSince >= NOTICED_MS;
  if (changed || isStuck) {
    orders.push({ do: 'reconnect-sentinel' });
    say.push('sentinel-connects-anew reason=others-take-the-password-now');
  }
  const settled = allLetIn && !changed && !survey.seesDown && memory.looks * LOOK_MS > downAfter + SILENT_MS;
  const why = refusers.length > 0 ? `refused by ${refusers.join(' ')}` : 'one password';
  const looked: PasswordMemory = {
    ...memory,
    settled,
    refusedBy: refusers,
    seesDownSince: isStuck ? undefined : seesDownSince,
    surveyedAt: survey.askedAt,
  };
  return { memory: looked, orders, say, why };
}

/** Each part that has not been told. One that does not run is told again: it may be just starting with what was before. */
function tell(known: PasswordKnown, memory: PasswordMemory, step: PasswordStepName) {
  const orders: PasswordOrder[] = [];
  const say: string[] = [];
  for (const part of known.parts) if (known.told.get(part) !== step) orders.push({ do: 'tell', part, step });
  const begun: PasswordMemory = memory.step === step ? memory : { ...memory, step, said: false };
  if (orders.length > 0 || begun.said) return { orders, say, memory: begun };
  const words = step === 'accept' ? 'password-changed accepted-by' : 'password-used towards=all by';
  say.push(`${words}=${known.parts.join(',')}`);
  return { orders, say, memory: { ...begun, said: true } };
}

function changeUse(
  known: PasswordKnown,
  memory: PasswordMemory,
  used: string,
  say: readonly string[],
  why: string,
): PasswordStep {
  const step = putInForce(memory, used, known.used, why);
  return { ...step, say };
}

/** What was found out so far was found out with other passwords. */
function putInForce({ surveyedAt }: PasswordMemory, used: string, accepted: string, why: string): PasswordStep {
  return {
    memory: { ...newPasswordMemory(), surveyedAt },
    orders: [{ do: 'put-in-force', used, accepted }],
    say: [],
    why,
  };
}

function idle(memory: PasswordMemory, why: string): PasswordStep {
  return { memory, orders: [], say: [], why };
}
