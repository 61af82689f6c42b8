// A round in one go, for whoever speaks for all its schools: lots, sealing, revealing, solving. It looks where the round stands and
// goes on from there, so it can be begun again after whatever went wrong.
import { type Round, RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { newRequestId, refusalOf, Told } from "~/base/request.ts";
import { commitmentOf, forgetNonce, keepNonce, newNonce, nonceOf } from "./nonce.ts";

/** What was done, to be told: `school` of the lots, `round` as it then was. */
export type Done = { step: "opened" | "committed" | "sealed" | "revealed" | "lottery" | "solved"; round: Round; school?: string };

/** The calls that a run needs; those of the service, or a test's. */
export type Calls = {
  get: (roundId: string) => Promise<Round>;
  open: (round: Round) => Promise<Round>;
  commit: (round: Round, school: string, commitment: string) => Promise<Round>;
  seal: (round: Round) => Promise<Round>;
  reveal: (round: Round, school: string, nonce: string) => Promise<Round>;
  solve: (round: Round) => Promise<Round>;
};

const roundOf = async (call: Promise<{ round?: Round }>): Promise<Round> => {
  const { round } = await call;
  if (!round) throw new Told("De dienst gaf geen antwoord over deze ronde. Probeer het nog eens.", "The service did not answer about this round. Try again.");
  return round;
};

/* Not repeated here: whoever runs a round again begins at where it stands. */
const once = (send: (requestId: string) => Promise<{ round?: Round }>): Promise<Round> => roundOf(send(newRequestId()));

export const serviceCalls: Calls = {
  get: (roundId) => roundOf(api.round.getRound({ roundId })),
  open: ({ roundId, version }) => once((requestId) => api.round.openRound({ requestId, roundId, version })),
  commit: ({ roundId }, school, commitment) => once((requestId) => api.round.commitNonce({ requestId, roundId, school, commitment })),
  seal: ({ roundId, version }) => once((requestId) => api.round.sealRound({ requestId, roundId, version })),
  reveal: ({ roundId }, school, nonce) => once((requestId) => api.round.revealNonce({ requestId, roundId, school, nonce })),
  solve: ({ roundId, version }) => once((requestId) => api.round.solveRound({ requestId, roundId, version })),
};

const lotLost = () =>
  new Told(
    "Het lot van deze ronde staat niet meer in deze pagina. Plak hieronder het bestand dat je bewaarde, en ga dan verder.",
    "The lot of this round is not in this page any more. Paste the file that you saved below, and go on.",
  );

async function commitAll(calls: Calls, start: Round, tell: (done: Done) => void): Promise<Round> {
  let round = start;
  for (const part of start.commitments) {
    const nonce = nonceOf(start.roundId, part.school) ?? newNonce();
    const commitment = await commitmentOf(part.school, nonce);
    if (part.commitment === commitment) continue;
    keepNonce(start.roundId, part.school, nonce);
    round = await calls.commit(round, part.school, commitment);
    tell({ step: "committed", round, school: part.school });
  }
  return round;
}

async function revealAll(calls: Calls, start: Round, tell: (done: Done) => void): Promise<Round> {
  let round = start;
  for (const part of start.commitments) {
    if (part.nonce) continue;
    const nonce = nonceOf(start.roundId, part.school);
    if (!nonce) throw lotLost();
    round = await calls.reveal(round, part.school, nonce);
    forgetNonce(start.roundId, part.school);
    tell({ step: "revealed", round, school: part.school });
  }
  return round;
}

/* A large round takes a while to be sealed and stays open meanwhile; a second wish to seal it is refused then. */
async function seal(calls: Calls, round: Round): Promise<Round> {
  try {
    return await calls.seal(round);
  } catch (error) {
    if (refusalOf(error)?.code === "wrong_state") return calls.get(round.roundId);
    throw error;
  }
}

export type Pace = { waitMs: number; signal: AbortSignal };

async function waitWhile(calls: Calls, start: Round, state: RoundState, { waitMs, signal }: Pace): Promise<Round> {
  let round = start;
  while (round.state === state && !signal.aborted) {
    await new Promise((done) => setTimeout(done, waitMs));
    round = await calls.get(start.roundId);
  }
  return round;
}

/** Takes the round as far as it can without a question: to verified, or to revealed where a beacon was announced. */
export async function runRound(calls: Calls, start: Round, tell: (done: Done) => void, pace: Pace): Promise<Round> {
  let round = await calls.get(start.roundId);
  while (!pace.signal.aborted) {
    switch (round.state) {
      case RoundState.DRAFT:
        round = await calls.open(round);
        tell({ step: "opened", round });
        break;
      case RoundState.OPEN:
        round = await commitAll(calls, round, tell);
        round = await waitWhile(calls, await seal(calls, round), RoundState.OPEN, pace);
        if (round.state === RoundState.SEALED) tell({ step: "sealed", round });
        break;
      case RoundState.SEALED:
        round = await revealAll(calls, round, tell);
        if (round.state === RoundState.SEALED) round = await calls.get(round.roundId);
        break;
      case RoundState.REVEALED:
        if (round.beacon) return round;
        round = await calls.solve(round);
        tell({ step: "lottery", round });
        break;
      case RoundState.SOLVING:
        round = await waitWhile(calls, round, RoundState.SOLVING, pace);
        if (round.state === RoundState.VERIFIED) tell({ step: "solved", round });
        break;
      default:
        return round;
    }
  }
  return round;
}
