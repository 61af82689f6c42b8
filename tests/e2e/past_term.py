"""Students of the half year before this one, whose figures a test can close: settings must have monitor_wait_days = 366."""
import datetime
import uuid

from service import student

TERM_MONTHS = (2, 9)  # as the setting monitor_months has it


def last_term(today=None):
    """(code, first day, last day) of the term before the one of today."""
    today = today or datetime.date.today()
    begins = [datetime.date(year, month, 1) for year in (today.year - 1, today.year) for month in TERM_MONTHS]
    begins = [day for day in begins if day <= today]
    return begins[-2].strftime("%Y-%m"), begins[-2], begins[-1] - datetime.timedelta(days=1)


def window():
    """A period in it."""
    _, first, last = last_term()
    return {"startDate": str(first + datetime.timedelta(days=3)), "endDate": str(last - datetime.timedelta(days=3))}


def hand_in(service, who, school, count, pc4, **profile):
    """So many students of a school whose period was in it; their stagevragen."""
    rows = [student(uuid.uuid4().hex[:10], school=school, pc4=pc4, **window(), **profile) for _ in range(count)]
    for row in rows:
        row["identity"]["postcode"] = f"{pc4} AB"
    return service.change("StudentService/SubmitStudents", who, students=rows)["stagevraagIds"]


def place_elsewhere(service, who, stagevragen):
    for stagevraag_id in stagevragen:
        found = service.ok("StudentService/GetStagevraag", who, stagevraagId=stagevraag_id)["stagevraag"]
        service.change("StudentService/PlaceElsewhere", who, stagevraagId=stagevraag_id, version=found["version"])


def close(service):
    """Freezes its figures; returns the answer as everybody gets it."""
    term = last_term()[0]
    service.change("MonitorService/CloseMonitorTerm", "operator", term=term)
    return service.wait_until(lambda: (answer := service.call("MonitorService/GetMonitor", None, term=term)).status == 200 and answer,
                              "the frozen term")
