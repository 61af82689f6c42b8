// Whether messages arrive: the outbox, newest first, and trying once more what was given up.
import { useState } from "preact/hooks";
import { type Notice, NoticeState } from "~gen/stagematch/v1/operation_pb.ts";
import { api } from "~/base/api.ts";
import { moment, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { SelectField } from "~/ui/fields.tsx";
import { Alert, Badge, Button, Empty, Outcome, P, Page, Shown, Table } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { noticeWord } from "./words.ts";

const pageSize = 100;

type Listed = { notices: Notice[]; next: string };

const ask = async (state: NoticeState, pageToken: string, signal?: AbortSignal): Promise<Listed> => {
  const { notices, nextPageToken } = await api.notice.listNotices({ pageSize, pageToken, state }, signal ? { signal } : {});
  return { notices, next: nextPageToken };
};

function Notices({ listed, set, state, reload }: { listed: Listed; set: (listed: Listed) => void; state: NoticeState; reload: () => void }) {
  const retry = useAction(async (requestId, noticeId: string) => {
    await api.notice.retryNotice({ requestId, noticeId });
    say(tr("Het bericht gaat nog een keer.", "The message goes once more."));
    reload();
  });
  const more = useAction(async () => {
    const page = await ask(state, listed.next);
    set({ notices: [...listed.notices, ...page.notices], next: page.next });
  });
  if (listed.notices.length === 0)
    return (
      <Empty>
        <P>{tr("Geen berichten in deze stand.", "No messages in this state.")}</P>
      </Empty>
    );
  return (
    <>
      <Outcome of={retry} />
      <Table
        caption={tr("Berichten, de nieuwste eerst", "Messages, the newest first")}
        rows={listed.notices}
        rowKey={(notice) => notice.noticeId}
        columns={[
          { name: tr("Bericht", "Message"), cell: (notice) => <span class="sm-mono sm-keep">{notice.template}</span> },
          {
            name: tr("Stand", "State"),
            cell: (notice) => {
              const word = noticeWord(notice.state);
              return <Badge tone={word.tone}>{word.text}</Badge>;
            },
          },
          { name: tr("Pogingen", "Attempts"), number: true, cell: (notice) => number(notice.attemptCount) },
          { name: tr("Antwoord van de mailer", "Answer of the mailer"), number: true, cell: (notice) => (notice.attemptCount > 0 ? number(notice.lastStatus) : "–") },
          { name: tr("Gemaakt", "Made"), cell: (notice) => <span class="sm-keep">{moment(notice.createTime)}</span> },
          {
            name: tr("Doen", "Do"),
            cell: (notice) =>
              notice.state === NoticeState.BOUNCED && (
                <Button kind="subtle" busy={retry.busy} onClick={() => void retry.run(notice.noticeId)}>
                  {tr("Opnieuw", "Again")}
                </Button>
              ),
          },
        ]}
      />
      <Outcome of={more} />
      {listed.next && (
        <div>
          <Button busy={more.busy} onClick={() => void more.run()}>
            {tr("Oudere berichten", "Older messages")}
          </Button>
        </div>
      )}
    </>
  );
}

export function NoticesPage() {
  const [state, setState] = useState(NoticeState.UNSPECIFIED);
  const listed = useLoad((signal) => ask(state, "", signal), [state]);
  const failed = listed.data?.notices.some((notice) => notice.state === NoticeState.BOUNCED);
  return (
    <Page title={tr("Berichten", "Messages")} lead={tr("Of berichten aankomen. Adressen en teksten staan hier niet.", "Whether messages arrive. Addresses and texts are not here.")}>
      <div class="sm-row sm-row--end">
        <SelectField
          label={tr("Welke?", "Which?")}
          value={String(state)}
          onValue={(value) => setState(Number(value) as NoticeState)}
          choices={[
            { value: String(NoticeState.UNSPECIFIED), label: tr("Alle", "All") },
            ...[NoticeState.WAITING, NoticeState.SENT, NoticeState.BOUNCED].map((known) => ({ value: String(known), label: noticeWord(known).text })),
          ]}
        />
        <Button busy={listed.loading && listed.data !== undefined} onClick={listed.reload}>
          {tr("Vernieuwen", "Refresh")}
        </Button>
      </div>
      {failed && (
        <Alert tone="warning">
          {tr("Er zijn berichten die niet zijn verstuurd. Kijk naar het mailprogramma (notify_command). Probeer ze daarna opnieuw.", "Some messages were not sent. Look at the mail program (notify_command). Then try them again.")}
        </Alert>
      )}
      <Shown of={listed}>{(found) => <Notices listed={found} set={listed.set} state={state} reload={listed.reload} />}</Shown>
    </Page>
  );
}
