"""A small market on a running service, and one proposal of it brought as far as a test wants: what several tests begin with."""
import itertools
import uuid

from service import commitment, placement, student

NONCE = "33" * 32
SCHOOL, COMPANY = "99AA", "990000001"
STATES = ["PROPOSED", "APPROVED", "ACCEPTED", "CONFIRMED", "RELEASED", "PLACED", "STARTED"]

_qualifications = itertools.count(30000)


def new_qualification():
    """A qualification that no other market of this test has, so that no two of them meet."""
    return str(next(_qualifications))


class Market:
    """One school, one company, their people; students and placements of a qualification of their own."""

    def __init__(self, service):
        self.s = service
        service.log_in_operator()
        service.invite("coordinator", "operator", "coordinator", [SCHOOL])
        service.invite("company", "coordinator", "company", [COMPANY])

    # -- making -------------------------------------------------------------------------------------------------------

    def fill(self, students=1, seats=1):
        """Students and one published placement; returns the qualification that they share."""
        qualification = new_qualification()
        rows = [student(uuid.uuid4().hex[:10], qualification=qualification) for _ in range(students)]
        ids = self.s.change("StudentService/SubmitStudents", "coordinator", students=rows)["stagevraagIds"]
        self.numbers = {**getattr(self, "numbers", {}), **{i: row["studentNumber"] for i, row in zip(ids, rows)}}
        made = self.s.change("PlacementService/SubmitPlacement", "company", placement=placement(
            f"P-{qualification}", qualifications=[qualification], capacity=seats))["placement"]
        self.s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"], version=made["version"])
        return qualification, made["placementId"], ids

    def sealed(self, qualification):
        """A round over one qualification whose nonce is known: it can be solved."""
        rid = self.s.change("RoundService/CreateRound", "coordinator", name="Voorjaar", schools=[SCHOOL],
                            qualifications=[qualification])["round"]["roundId"]
        self.move(rid, "OpenRound")
        self.s.change("RoundService/CommitNonce", "coordinator", roundId=rid, school=SCHOOL, commitment=commitment(SCHOOL, NONCE))
        self.move(rid, "SealRound")
        self.until(rid, "SEALED")  # a large one takes a while
        self.s.change("RoundService/RevealNonce", "coordinator", roundId=rid, school=SCHOOL, nonce=NONCE)
        return rid

    def published(self, qualification):
        rid = self.sealed(qualification)
        self.move(rid, "SolveRound")
        self.until(rid, "VERIFIED")
        self.move(rid, "PublishRound")
        self.until(rid, "PUBLISHED")
        return rid

    def to_state(self, state, students=1, seats=1):
        """A fresh market whose first proposal has come as far as `state`: its ids, by name."""
        qualification, placement_id, ids = self.fill(students, seats)
        rid = self.published(qualification)
        proposal = self.proposals(rid)[0]
        pid, who = proposal["proposalId"], None
        steps = [("coordinator", "ApproveProposal"), ("company", "AgreeToCandidate"), ("student", "ConfirmProposal"),
                 ("coordinator", "ReleaseProposal"), ("company", "PlaceCandidate"), ("coordinator", "StartProposal")]
        if STATES.index(state) > 1:
            who = "student-" + uuid.uuid4().hex[:6]
            number = self.numbers[proposal["stagevraagId"]]
            self.s.invite_student(who, "coordinator", proposal["stagevraagId"], f"s{number}@student.example")
        for role, method in steps[:STATES.index(state)]:
            self.act(method, who if role == "student" else role, pid)
        return {"round": rid, "proposal": pid, "placement": placement_id, "stagevraag": proposal["stagevraagId"],
                "candidate": proposal["candidate"], "student": who, "all": ids}

    def proposals_at(self, who, leerbedrijf, count, kvk=None):
        """A published round with `count` students and places of one seat each at this company; its proposals, approved."""
        qualification = new_qualification()
        rows = [student(uuid.uuid4().hex[:10], qualification=qualification) for _ in range(count)]
        ids = self.s.change("StudentService/SubmitStudents", "coordinator", students=rows)["stagevraagIds"]
        self.numbers = {**getattr(self, "numbers", {}), **{i: row["studentNumber"] for i, row in zip(ids, rows)}}
        for n in range(count):
            made = self.s.change("PlacementService/SubmitPlacement", who, placement=placement(
                f"P-{qualification}-{n}", leerbedrijf=leerbedrijf, kvk=kvk or "9000" + leerbedrijf[-4:],
                qualifications=[qualification], capacity=1))["placement"]
            self.s.change("PlacementService/PublishPlacement", who, placementId=made["placementId"], version=made["version"])
        found = self.proposals(self.published(qualification))
        for proposal in found:
            self.act("ApproveProposal", "coordinator", proposal["proposalId"])
        return [proposal["proposalId"] for proposal in found]

    def decide(self, method, who, pid, **fields):
        """A decision of any company on its candidate."""
        now = self.proposal(pid)
        return self.s.change(f"CandidateService/{method}", who, candidate=now["candidate"], version=now["version"], **fields)

    # -- looking and moving -------------------------------------------------------------------------------------------

    def round(self, rid):
        return self.s.ok("RoundService/GetRound", "coordinator", roundId=rid)["round"]

    def move(self, rid, method):
        return self.s.change(f"RoundService/{method}", "coordinator", roundId=rid, version=self.round(rid)["version"])["round"]

    def until(self, rid, state, within=30):
        return self.s.wait_until(lambda: self.round(rid)["state"] == f"ROUND_STATE_{state}" and self.round(rid), state, within)

    def proposals(self, rid):
        return self.s.ok("ProposalService/ListProposals", "coordinator", roundId=rid).get("proposals", [])

    def proposal(self, pid):
        return self.s.ok("ProposalService/GetProposal", "coordinator", proposalId=pid)["proposal"]

    def act(self, method, who, pid, **fields):
        """A step of a proposal, by the company on its candidate or by anybody else on the proposal."""
        now = self.proposal(pid)
        if who == "company":
            return self.s.change(f"CandidateService/{method}", who, candidate=now["candidate"], version=now["version"], **fields)
        return self.s.change(f"ProposalService/{method}", who, proposalId=pid, version=now["version"], **fields)

    def tasks(self, who, kind=None):
        tasks = self.s.ok("TaskService/ListTasks", who, pageSize=1000).get("tasks", [])
        return [t for t in tasks if kind is None or t["kind"] == f"TASK_KIND_{kind}"]

    def placement(self, placement_id):
        return self.s.ok("PlacementService/GetPlacement", "company", placementId=placement_id)["placement"]
