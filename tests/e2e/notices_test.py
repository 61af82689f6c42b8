"""Notices leave through the configured command, say nothing about anybody, are tried again, and bounce where an operator sees it."""
import os
import unittest

from service import Service, placement, student


class Notices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        s = cls.service
        # A mailer for which one address does not exist and another cannot be reached at first.
        with open(os.path.join(s.folder, "notify"), "w") as file:
            file.write(f"""#!/bin/sh
message=$(cat)
case $message in
*gone@example.nl*) exit 67 ;;
*later@example.nl*) [ -e {s.folder}/reachable ] || exit 75 ;;
esac
printf '%s\\n' "$message" >$(mktemp {s.mail}/XXXXXXXX)
""")
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", ["99AA"])

    def notices(self, who="operator", **fields):
        return self.service.ok("NoticeService/ListNotices", who, **fields).get("notices", [])

    def about(self, account_id):
        return [n for n in self.notices(pageSize=1000) if n["accountId"] == account_id]

    def invite(self, email):
        return self.service.change("AccountService/InviteAccount", "operator", email=email, name="Iemand",
                                   role="ROLE_COORDINATOR", scope=["99AC"])["accountId"]

    def test_an_address_that_does_not_exist_bounces_and_can_be_tried_again(self):
        account = self.invite("gone@example.nl")
        bounced = self.service.wait_until(
            lambda: [n for n in self.about(account) if n["state"] == "NOTICE_STATE_BOUNCED"], "a bounce")[0]
        self.assertEqual((bounced["lastStatus"], bounced["attemptCount"]), (67, 1))
        self.assertIn(bounced["noticeId"], [n["noticeId"] for n in self.notices(state="NOTICE_STATE_BOUNCED")])
        again = self.service.change("NoticeService/RetryNotice", "operator", noticeId=bounced["noticeId"])["notice"]
        self.assertEqual(again["state"], "NOTICE_STATE_WAITING")
        for who in ("coordinator", None):
            self.assertIn(self.service.call("NoticeService/ListNotices", who).code, ("permission_denied", "unauthenticated"))

    def test_one_that_cannot_be_reached_now_is_tried_again(self):
        account = self.invite("later@example.nl")
        self.service.wait_until(lambda: any(n.get("attemptCount", 0) >= 1 for n in self.about(account)), "a first try")
        self.assertEqual([n["state"] for n in self.about(account)], ["NOTICE_STATE_WAITING"])
        open(os.path.join(self.service.folder, "reachable"), "w").close()
        self.service.wait_until(lambda: self.about(account)[0]["state"] == "NOTICE_STATE_SENT", "sent", 120)
        self.assertEqual(len(self.service.messages_to("later@example.nl")), 1)

    def test_a_task_is_told_without_a_word_about_anybody(self):
        s = self.service
        s.invite("company", "coordinator", "company", ["990000001"])
        ids = s.change("StudentService/SubmitStudents", "coordinator", students=[student("4711")])["stagevraagIds"]
        made = s.change("RoundService/CreateRound", "coordinator", name="Geheime ronde", schools=["99AA"],
                        qualifications=["25656"])["round"]
        s.change("PlacementService/SubmitPlacement", "company", placement=placement("Geheime-plek"))
        s.change("RoundService/OpenRound", "coordinator", roundId=made["roundId"], version=made["version"])
        told = s.wait_until(lambda: [m for m in s.messages_to("coordinator@example.nl") if "http://127.0.0.1/#" in m], "a notice")
        for message in told:
            for word in ("Sanne", "Voorbeeld", "4711", ids[0], "Geheime", "25656", "3511"):
                self.assertNotIn(word, message)


if __name__ == "__main__":
    unittest.main(verbosity=2)
