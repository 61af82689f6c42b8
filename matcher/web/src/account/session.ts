// Finds out who is signed in, and signs out.
import { api } from "~/base/api.ts";
import { mayPass } from "~/base/request.ts";
import { foundSession, noSession, signedOut } from "~/base/session.ts";
import { go } from "~/base/router.tsx";
import { settle } from "~/ui/toast.tsx";

const againMs = 2000;

export async function findSession(): Promise<void> {
  for (;;) {
    try {
      const { session } = await api.auth.getSession({});
      if (session) foundSession(session);
      else noSession();
      return;
    } catch (error) {
      if (!mayPass(error)) return noSession();
      await new Promise((done) => setTimeout(done, againMs));
    }
  }
}

/** Here at once, also where the service does not answer: then its session ends by itself. */
export async function signOut(): Promise<void> {
  settle();
  try {
    await api.auth.logout({});
  } catch {
    // the cookie stays until the service answers; what this page knew is gone
  }
  signedOut();
  go("/", true);
}
