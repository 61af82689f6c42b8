// What the states of accounts and notices are called.
import { AccountState } from "~gen/stagematch/v1/account_pb.ts";
import { NoticeState } from "~gen/stagematch/v1/operation_pb.ts";
import { tr } from "~/base/language.ts";
import type { Word } from "~/base/words.ts";

export function accountWord(state: AccountState): Word {
  switch (state) {
    case AccountState.INVITED:
      return { text: tr("Uitgenodigd", "Invited"), tone: "info" };
    case AccountState.UNVERIFIED:
      return { text: tr("Nog niet gecontroleerd", "Not checked yet"), tone: "warning" };
    case AccountState.ACTIVE:
      return { text: tr("Actief", "Active"), tone: "positive" };
    case AccountState.DISABLED:
      return { text: tr("Beëindigd", "Ended"), tone: "neutral" };
    default:
      return { text: "?", tone: "neutral" };
  }
}

export function noticeWord(state: NoticeState): Word {
  switch (state) {
    case NoticeState.WAITING:
      return { text: tr("Wacht", "Waits"), tone: "info" };
    case NoticeState.SENT:
      return { text: tr("Verstuurd", "Sent"), tone: "positive" };
    case NoticeState.BOUNCED:
      return { text: tr("Niet gelukt", "Failed"), tone: "negative" };
    default:
      return { text: "?", tone: "neutral" };
  }
}
