// Somebody else was first: another tab, a colleague, the school.
import { tr } from "~/base/language.ts";
import { refusalOf } from "~/base/request.ts";
import { say } from "./toast.tsx";

/** Does `act`; where what it is about changed meanwhile, says so and lets `show` show how it stands now. What went wrong is still thrown. */
export async function orShowNow<T>(act: Promise<T>, show?: () => void): Promise<T> {
  try {
    return await act;
  } catch (error) {
    const code = refusalOf(error)?.code;
    if (code === "stale_version" || code === "wrong_state") {
      say(tr("Dit was intussen al veranderd, op een ander scherm of door iemand anders. Je ziet nu hoe het staat.", "This had changed meanwhile, on another screen or by somebody else. You now see how it stands."));
      show?.();
    }
    throw error;
  }
}
