// What somebody is about to report: in memory alone, and gone when the page is left for good. Never in storage, never in a path.
import { useEffect, useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { ReportDesk, ReportNature, ReportPhase, ReportWish, type GetReportFormResponse } from "~gen/stagematch/v1/report_pb.ts";
import { api } from "~/base/api.ts";
import { type Loaded, useLoad } from "~/base/load.ts";
import { useSession } from "~/base/session.ts";

export type Draft = {
  begun: boolean;
  hasCode: boolean;
  schoolCode: string;
  school: string;
  phase: ReportPhase;
  grounds: string[];
  nature: ReportNature;
  text: string;
  proposalId: string;
  leerbedrijf: string;
  companyName: string;
  wish: ReportWish;
  desk: ReportDesk;
  routes: string[];
  handOver: boolean;
  openCase: boolean;
  nameToCompany: boolean;
  giveName: boolean;
  reporterName: string;
  reporterContact: string;
};

const empty: Draft = {
  begun: false,
  hasCode: false,
  schoolCode: "",
  school: "",
  phase: ReportPhase.UNSPECIFIED,
  grounds: [],
  nature: ReportNature.UNSPECIFIED,
  text: "",
  proposalId: "",
  leerbedrijf: "",
  companyName: "",
  wish: ReportWish.UNSPECIFIED,
  desk: ReportDesk.UNSPECIFIED,
  routes: [],
  handOver: false,
  openCase: false,
  nameToCompany: false,
  giveName: false,
  reporterName: "",
  reporterContact: "",
};

/** The code to come back with, once it is sent. */
let code = "";
let draft = empty;
const listeners = new Set<() => void>();

export function change(part: Partial<Draft>): void {
  draft = { ...draft, ...part };
  for (const tell of listeners) tell();
}

export function forget(): void {
  draft = empty;
  code = "";
}

export function useDraft(): Draft {
  const [now, set] = useState(draft);
  useEffect(() => {
    const tell = () => set(draft);
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, []);
  return now;
}

export const sentCode = (): string => code;
export function sent(comeBackCode: string): void {
  draft = empty;
  code = comeBackCode;
}

let asked: Promise<GetReportFormResponse> | null = null;
const ask = () =>
  (asked ??= api.report.getReportForm({}).catch((error: unknown) => {
    asked = null;
    throw error;
  }));

export const useForm = (): Loaded<GetReportFormResponse> => useLoad(ask, []);

/** How somebody reports: by the role that they are signed in with, or with no account at all. */
export type Reporter = { signedIn: boolean; role: Role };

export function useReporter(): Reporter {
  const session = useSession();
  const known = session.kind === "signed-in" ? session.session : null;
  return { signedIn: known !== null && known.role !== Role.OPERATOR, role: known?.role ?? Role.UNSPECIFIED };
}
