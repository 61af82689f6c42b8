// A page that is loaded when somebody goes there, so that others do not wait for it.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Params } from "~/base/router.tsx";
import { ErrorNote, Loading } from "./parts.tsx";

type PageOf = ComponentType<{ params: Params }>;

export function lazy(load: () => Promise<PageOf>): PageOf {
  return function Lazy({ params }) {
    const [state, set] = useState<{ page?: PageOf; error?: unknown }>({});
    const [turn, again] = useState(0);
    useEffect(() => {
      let here = true;
      load().then(
        (page) => here && set({ page }),
        (error: unknown) => here && set({ error }),
      );
      return () => void (here = false);
    }, [turn]);
    const Shown = state.page;
    if (Shown) return <Shown params={params} />;
    if (state.error === undefined) return <Loading />;
    const retry = () => {
      set({});
      again((n) => n + 1);
    };
    return <ErrorNote error={state.error} retry={retry} />;
  };
}
