// The service's API. The browser's session is a cookie that scripts cannot read; nothing here holds a token.
import { createClient, type Client, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import type { DescService } from "@bufbuild/protobuf";
import { AccountService } from "~gen/stagematch/v1/account_pb.ts";
import { AuthService } from "~gen/stagematch/v1/auth_pb.ts";
import { CandidateService } from "~gen/stagematch/v1/candidate_pb.ts";
import { CaseService } from "~gen/stagematch/v1/case_pb.ts";
import { GroupService } from "~gen/stagematch/v1/group_pb.ts";
import { IdentityService } from "~gen/stagematch/v1/identity_pb.ts";
import { MeasureService } from "~gen/stagematch/v1/measure_pb.ts";
import { CatalogService, LedgerService, NoticeService } from "~gen/stagematch/v1/operation_pb.ts";
import { PlacementService } from "~gen/stagematch/v1/placement_pb.ts";
import { ProposalService } from "~gen/stagematch/v1/proposal_pb.ts";
import { ReportService } from "~gen/stagematch/v1/report_pb.ts";
import { RoundService } from "~gen/stagematch/v1/round_pb.ts";
import { SignalService } from "~gen/stagematch/v1/signal_pb.ts";
import { StudentService } from "~gen/stagematch/v1/student_pb.ts";
import { TaskService } from "~gen/stagematch/v1/task_pb.ts";
import { MonitorService } from "~gen/stagematch/v1/monitor_pb.ts";
import { WordingService } from "~gen/stagematch/v1/wording_pb.ts";
import { isLoggedOut } from "./request.ts";
import { sessionOver } from "./session.ts";

const timeoutMs = 20_000;

/* Whoever is not signed in calls these, and may be refused. */
const withoutSession = new Set(["Login", "AcceptInvitation", "RequestPasswordReset", "ResetPassword", "GetSession", "Logout"]);

const noteSessionEnd: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (error) {
    if (isLoggedOut(error) && !withoutSession.has(request.method.name)) sessionOver();
    throw error;
  }
};

const withCookie: Interceptor = (next) => (request) => {
  if (request.service.typeName === AuthService.typeName) request.header.set("X-Stagematch-Session", "cookie");
  return next(request);
};

const transport = createConnectTransport({
  baseUrl: location.origin,
  useBinaryFormat: true,
  useHttpGet: true,
  defaultTimeoutMs: timeoutMs,
  interceptors: [withCookie, noteSessionEnd],
});

const client = <T extends DescService>(service: T): Client<T> => createClient(service, transport);

export const api = {
  account: client(AccountService),
  auth: client(AuthService),
  candidate: client(CandidateService),
  case: client(CaseService),
  catalog: client(CatalogService),
  group: client(GroupService),
  identity: client(IdentityService),
  ledger: client(LedgerService),
  measure: client(MeasureService),
  notice: client(NoticeService),
  placement: client(PlacementService),
  proposal: client(ProposalService),
  report: client(ReportService),
  round: client(RoundService),
  signal: client(SignalService),
  student: client(StudentService),
  task: client(TaskService),
  monitor: client(MonitorService),
  wording: client(WordingService),
};

/** All pages of a list: `page` asks for one. */
export async function everyPage<T>(page: (token: string) => Promise<{ items: T[]; next: string }>): Promise<T[]> {
  const all: T[] = [];
  for (let token = ""; ; ) {
    const { items, next } = await page(token);
    all.push(...items);
    if (!next) return all;
    token = next;
  }
}
