// What every call shares: what went wrong in words, and changes that happen once however often they are sent.
import { Code, ConnectError } from "@connectrpc/connect";
import { type Refusal, RefusalSchema } from "~gen/stagematch/v1/common_pb.ts";
import { language, tr } from "./language.ts";
import { Told } from "./told.ts";

export { Told };

const tries = 6;
const firstWaitMs = 300;

/** The service's own account of an error, where it gave one. */
export function refusalOf(error: unknown): Refusal | undefined {
  return error instanceof ConnectError ? error.findDetails(RefusalSchema)[0] : undefined;
}

/** Whether the same call may succeed a little later. What was sent may or may not have happened. */
export function mayPass(error: unknown): boolean {
  if (error instanceof Told) return false;
  const code = ConnectError.from(error).code;
  return code === Code.Unavailable || code === Code.DeadlineExceeded || code === Code.ResourceExhausted || code === Code.Unknown;
}

export function isLoggedOut(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unauthenticated;
}

/** What went wrong and what to do, for a person. */
export function sayError(error: unknown): string {
  if (error instanceof Told) return tr(error.nl, error.en);
  const refusal = refusalOf(error);
  if (refusal) return language() === "nl" ? refusal.messageNl : refusal.messageEn;
  if (!navigator.onLine) return tr("Je bent niet verbonden met internet. Je invoer blijft staan.", "You are offline. What you entered is kept.");
  if (isLoggedOut(error)) return tr("Je bent uitgelogd. Log opnieuw in.", "You were signed out. Sign in again.");
  if (mayPass(error)) return tr("De dienst antwoordt nu niet. Probeer het zo nog eens.", "The service does not answer now. Try again in a moment.");
  return tr("Er ging iets mis. Probeer het nog eens, of vraag hulp.", "Something went wrong. Try again, or ask for help.");
}

export const newRequestId = (): string => crypto.randomUUID();

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/**
 * Sends a change until it is answered: each time with the same request id, so that it happens once. Gives up after some
 * seconds; with the same id it may be sent again later.
 */
export async function insist<T>(requestId: string, send: (requestId: string) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(requestId);
    } catch (error) {
      if (attempt >= tries || !mayPass(error)) throw error;
      await wait(firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}
