"""Terms on real processes: the clock of a new start is set forward, and what was due while nobody looked happens: reminders,
escalations, expiries, pauses, each said to those whom it concerns. Needs a build with fault points, which has that clock."""
import datetime
import time
import unittest

import support
from market import Market
from service import PASSWORD, Service

HOUR_MS = 3600000


def ms_of(timestamp):
    return int(datetime.datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp() * 1000)


@unittest.skipUnless(support.has_fault_points(), "built without STAGEMATCH_FAULT_POINTS")
class Terms(unittest.TestCase):
    """One proposal in each state that waits for somebody, and a placement whose company answers neither of its two candidates."""

    @classmethod
    def setUpClass(cls):
        s = cls.service = cls.enterClassContext(Service(settings={"session_hours": 720}))
        m = cls.market = Market(s)
        s.invite("reviewer", "coordinator", "vertrouwenspersoon", ["99AA"])
        cls.states = ["PROPOSED", "APPROVED", "ACCEPTED", "CONFIRMED", "RELEASED"]
        cls.made = {state: m.to_state(state, students=2) for state in cls.states}
        cls.silent = m.to_state("PROPOSED", students=2, seats=2)
        for proposal in m.proposals(cls.silent["round"]):
            m.act("ApproveProposal", "coordinator", proposal["proposalId"])
        cls.due_ms = max(ms_of(t["dueTime"]) for t in m.tasks("company", "DECIDE"))
        cls.mail_at_first = len(s.messages_to("@"))
        cls.restart_at(cls.due_ms - HOUR_MS)
        cls.half = cls.look()
        cls.restart_at(cls.due_ms + HOUR_MS)
        s.wait_until(lambda: all(m.proposal(cls.made[x]["proposal"])["state"].startswith("PROPOSAL_STATE_EXPIRED")
                                 for x in ("APPROVED", "ACCEPTED")), "expiry")
        s.wait_until(lambda: len(m.tasks("coordinator", "ESCALATION")) == 2, "escalations")
        cls.over = cls.look()
        cls.restart_at(max(ms_of(t["dueTime"]) for t in m.tasks("company", "PLACE")) + HOUR_MS)
        s.wait_until(lambda: len(m.tasks("coordinator", "ESCALATION")) == 3, "an escalation")
        cls.late = cls.look()

    @classmethod
    def restart_at(cls, then_ms):
        """A new start whose clock shows `then_ms`, and everybody logs in again."""
        s = cls.service
        s.stop()
        s.env["STAGEMATCH_CLOCK_OFFSET_MS"] = str(then_ms - int(time.time() * 1000))
        s.start()
        for who in ("coordinator", "company", "reviewer"):
            s.log_in(who)
        cls.emails = {}
        for made in cls.made.values():
            if made["student"]:
                cls.emails[made["student"]] = f"s{cls.market.numbers[made['stagevraag']]}@student.example"
                s.tokens[made["student"]] = s.ok("AuthService/Login", email=cls.emails[made["student"]],
                                                 password=PASSWORD)["token"]

    @classmethod
    def look(cls):
        """What everybody sees, once the messages are out."""
        s, m = cls.service, cls.market
        known = -1
        while known != len(s.messages_to("@")):
            known = len(s.messages_to("@"))
            time.sleep(2.5)
        return {"proposals": {x: m.proposal(made["proposal"]) for x, made in cls.made.items()},
                "placements": {x: m.placement(made["placement"]) for x, made in cls.made.items()},
                "tasks": {who: m.tasks(who) for who in ["coordinator", "company", "reviewer", *cls.emails]},
                "mail": s.messages_to("@")}

    def task(self, seen, who, kind, state):
        """The task of `kind` about the proposal that was brought to `state`."""
        made = self.made[state]
        about = {"candidate": made["candidate"]} if who == "company" else {"proposalId": made["proposal"]}
        found = [t for t in seen["tasks"][who] if t["kind"] == f"TASK_KIND_{kind}" and about.items() <= t.items()]
        self.assertEqual(len(found), 1, (kind, state, seen["tasks"][who]))
        return found[0]

    def said(self, seen, to, words, since):
        new = seen["mail"][since:]
        return [text for text in new if to in text.split("\n\n")[0] and words in text.split("\n\n")[0]]

    # -- before the term ends -----------------------------------------------------------------------------------------

    def test_nothing_moves_before_the_term_is_over(self):
        for state in self.states:
            self.assertEqual(self.half["proposals"][state]["state"], f"PROPOSAL_STATE_{state}")
        for who, tasks in self.half["tasks"].items():
            self.assertFalse([t for t in tasks if t.get("overdue")], who)

    def test_half_way_everybody_who_is_waited_for_is_reminded_once(self):
        for to in ("coordinator@example.nl", "company@example.nl", self.emails[self.made["ACCEPTED"]["student"]]):
            self.assertTrue(self.said(self.half, to, "Herinnering", self.mail_at_first), to)
        reminders = self.said(self.half, "company@example.nl", "Herinnering", self.mail_at_first)
        self.assertLessEqual(len(reminders), 2, "tasks of one kind and term are told once: decide, place")

    # -- after --------------------------------------------------------------------------------------------------------

    def test_what_waits_for_the_school_is_escalated_and_stays(self):
        for state, kind in (("PROPOSED", "APPROVE"), ("CONFIRMED", "RELEASE")):
            self.assertEqual(self.over["proposals"][state]["state"], f"PROPOSAL_STATE_{state}")
            self.assertTrue(self.task(self.over, "coordinator", kind, state)["overdue"])
            self.assertFalse(self.task(self.over, "coordinator", "ESCALATION", state).get("overdue", False))
        self.market.act("ApproveProposal", "coordinator", self.made["PROPOSED"]["proposal"])
        left = [t for t in self.market.tasks("coordinator") if t.get("proposalId") == self.made["PROPOSED"]["proposal"]]
        self.assertEqual(left, [])

    def test_a_company_that_has_the_name_and_does_not_place_is_escalated(self):
        self.assertEqual(self.late["proposals"]["RELEASED"]["state"], "PROPOSAL_STATE_RELEASED")
        self.assertTrue(self.task(self.late, "company", "PLACE", "RELEASED")["overdue"])
        self.assertFalse(self.task(self.late, "coordinator", "ESCALATION", "RELEASED").get("overdue", False))
        self.assertTrue(self.task(self.late, "coordinator", "ESCALATION", "CONFIRMED")["overdue"])

    def test_a_silent_company_loses_the_candidate_and_its_seat_is_suspended(self):
        ended = self.over["proposals"]["APPROVED"]
        self.assertEqual(ended["state"], "PROPOSAL_STATE_EXPIRED_COMPANY")
        self.assertEqual(self.over["placements"]["APPROVED"].get("seatsSuspended"), 1)
        self.assertEqual(self.over["placements"]["APPROVED"].get("seatsTaken", 0), 0)
        self.assertEqual(len(self.market.proposals(self.made["APPROVED"]["round"])), 1, "nobody is proposed for that seat")
        self.assertEqual(self.service.ok("StudentService/GetStagevraag", "coordinator",
                                         stagevraagId=self.made["APPROVED"]["stagevraag"])["stagevraag"]["state"],
                         "STAGEVRAAG_STATE_FREE")
        now = self.over["proposals"]["APPROVED"]
        late = self.service.try_change("CandidateService/AgreeToCandidate", "company", candidate=now["candidate"],
                                       version=now["version"])
        self.assertIn(late.code, ("failed_precondition", "not_found"))

    def test_a_silent_student_frees_the_seat_for_the_next(self):
        self.assertEqual(self.over["proposals"]["ACCEPTED"]["state"], "PROPOSAL_STATE_EXPIRED_STUDENT")
        made = self.made["ACCEPTED"]
        later = self.service.wait_until(lambda: [p for p in self.market.proposals(made["round"])
                                                 if p["proposalId"] != made["proposal"]], "a re-match")
        self.assertEqual([p["state"] for p in later], ["PROPOSAL_STATE_PROPOSED"])
        self.assertNotEqual(later[0]["stagevraagId"], made["stagevraag"])

    def test_two_expiries_pause_a_placement(self):
        states = [p["state"] for p in self.market.proposals(self.silent["round"])]
        self.assertEqual(states, ["PROPOSAL_STATE_EXPIRED_COMPANY"] * 2)
        self.assertEqual(self.market.placement(self.silent["placement"])["state"], "PLACEMENT_STATE_PAUSED")
        calls = [t for t in self.market.tasks("coordinator", "CALL_COMPANY") if t.get("placementId") == self.silent["placement"]]
        self.assertEqual(len(calls), 1)
        self.service.change("TaskService/CompleteTask", "coordinator", taskId=calls[0]["taskId"])

    def test_everybody_concerned_is_told(self):
        since = len(self.half["mail"])
        for to, words in (("coordinator@example.nl", "Termijn voorbij"), ("company@example.nl", "kandidaat is vervallen"),
                          (self.emails[self.made["ACCEPTED"]["student"]], "voorstel gaat niet door"),
                          ("coordinator@example.nl", "Je hebt een taak")):
            self.assertTrue(self.said(self.over, to, words, since), (to, words))

    def test_no_message_has_a_person_in_it(self):
        for text in self.late["mail"]:
            body = text.split("\n\n", 1)[1]
            for secret in ("Sanne", "Voorbeeld", "student.example", "3511", *self.market.numbers.values()):
                self.assertNotIn(secret, body)

    def test_each_end_is_a_decision_in_the_ledger(self):
        entries = self.service.ok("LedgerService/ListLedgerEntries", "coordinator", pageSize=1000)["entries"]
        for state, code in (("APPROVED", "expired_company"), ("ACCEPTED", "expired_student")):
            last = [e for e in entries if e["subject"] == self.made[state]["proposal"] and e["kind"] == "decision"][-1]
            self.assertEqual((last["actor"], last["code"]), ("service", code))
        self.assertEqual(support.run("ledger", "verify", "--data", self.service.data).returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
