// Finds out who is signed in, and signs out. What speaks the API is loaded only for who is.
import { mayPass } from "~/base/request.ts";
import { foundSession, noSession, signedOut } from "~/base/session.ts";
import { go } from "~/base/router.tsx";
import { settle } from "~/ui/toast.tsx";

const againMs = 2000;

const loadApi = async () => (await import("~/base/api.ts")).api;

/** Whether the service knows this browser: asked without the client, which a visitor need not load. */
async function isKnown(): Promise<boolean> {
  const answer = await fetch("/stagematch.v1.AuthService/GetSession", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Connect-Protocol-Version": "1" },
    body: "{}",
  });
  return answer.status !== 401;
}

export async function findSession(): Promise<void> {
  for (;;) {
    try {
      if (!(await isKnown())) return noSession();
      const api = await loadApi();
      const { session } = await api.auth.getSession({});
      if (session) foundSession(session);
      else noSession();
      return;
    } catch (error) {
      if (!mayPass(error) && !(error instanceof TypeError)) return noSession(); // TypeError: no connection
      await new Promise((done) => setTimeout(done, againMs));
    }
  }
}

/** Here at once, also where the service does not answer: then its session ends by itself. */
export async function signOut(): Promise<void> {
  settle();
  try {
    await (await loadApi()).auth.logout({});
  } catch {
    // the cookie stays until the service answers; what this page knew is gone
  }
  signedOut();
  go("/", true);
}
