// A button that leaves at once for an ordinary page, and takes the way back with it.
import { tr } from "~/base/language.ts";
import { Button } from "~/ui/parts.tsx";
import { forget } from "./draft.ts";

const elsewhere = "https://www.knmi.nl/nederland-nu/weer/verwachtingen";

export function QuickExit() {
  const leave = () => {
    forget();
    location.replace(elsewhere);
  };
  return (
    <div class="sm-exit sm-noprint">
      <Button onClick={leave} danger>
        {tr("Weg van deze pagina", "Leave this page now")}
      </Button>
    </div>
  );
}
