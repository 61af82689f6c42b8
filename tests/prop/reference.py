#!/usr/bin/env python3
"""A second implementation of the offline matching round, to test the first one against.

This file is a test oracle. It shares nothing with the C code: no source, no library, no generated table. It is
written straight from the matching rules, the way one would explain them at a blackboard: every student is held
against every placement, deferred acceptance works on plain lists, and SipHash is spelled out. It is slow on
purpose, and assumes valid input. When it and the program disagree on a byte, one of them has misread a rule.

    reference.py --students F --placements F --pc4 F [--seed HEX] [--speling DAYS] [--list-max N]
                 [--band-width N] --out DIR      writes DIR/matches.csv and DIR/unmatched.csv, prints counts
    reference.py --solve FILE                    prints `student place` per student, -1 for unmatched

Only the mechanism `stb` is here: student-proposing deferred acceptance (Gale & Shapley 1962) in which a placement
orders candidates by band, and within a band by one lottery for the whole round.
"""
import argparse
import csv
import datetime
import hashlib
import hmac
import io
import math
import os
import re
import secrets
import struct

EARTH_RADIUS_KM = 6371.0088
WEEKDAYS = frozenset("ma di wo do vr".split())
RULES = "opleiding leerweg uitgesloten periode uren dagen afstand eisen".split()


def siphash24(key, message):
    """SipHash-2-4 (Aumasson & Bernstein 2012): 16-byte key, 64-bit result as an integer."""
    mask = (1 << 64) - 1

    def rotate(x, bits):
        return (x << bits | x >> (64 - bits)) & mask

    k0, k1 = struct.unpack("<QQ", key)
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def sipround(v0, v1, v2, v3):
        v0, v2 = (v0 + v1) & mask, (v2 + v3) & mask
        v1, v3 = rotate(v1, 13) ^ v0, rotate(v3, 16) ^ v2
        v0 = rotate(v0, 32)
        v2, v0 = (v2 + v1) & mask, (v0 + v3) & mask
        v1, v3 = rotate(v1, 17) ^ v2, rotate(v3, 21) ^ v0
        return v0, v1, rotate(v2, 32), v3

    # Zeros fill the last word up to its top byte, which is the length modulo 256.
    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) & 0xFF])
    for (word,) in struct.iter_unpack("<Q", padded):
        v3 ^= word
        for _ in range(2):
            v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
        v0 ^= word
    v2 ^= 0xFF
    for _ in range(4):
        v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


# The vector worked out in appendix A of the SipHash paper.
if siphash24(bytes(range(16)), bytes(range(15))) != 0xA129CA6149BE45E5:
    raise SystemExit("siphash24 is wrong: the published test vector does not come out")


def seeded_hash(seed, use, *fields):
    """HMAC-SHA256 over the use, a zero byte, and length-prefixed fields."""
    message = b"stagematch/v1/" + use.encode() + b"\0"
    for field in fields:
        message += struct.pack(">I", len(field)) + field
    return hmac.new(seed, message, hashlib.sha256).digest()


def read_table(path):
    """The rows of a CSV file as dictionaries by lower-case column name."""
    with open(path, encoding="utf-8-sig", newline="") as f:
        text = f.read()
    if text.lower().startswith("sep="):
        text = text.partition("\n")[2]
    header = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
    names = [name.strip().lower() for name in next(rows)]
    return [dict(zip(names, row)) for row in rows if row]


def parse_date(text):
    parts = text.split("-")
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    return datetime.date(int(year), int(month), int(day))


def parse_items(text, separator="|"):
    return [item.strip() for item in text.split(separator) if item.strip()]


def parse_levels(text, separator):
    """`code=3|other=1` as a dictionary."""
    pairs = [item.split(separator) for item in parse_items(text)]
    return {code.strip(): int(level) for code, level in pairs}


class Student:
    """One stagevraag: what one student looks for in one period."""

    def __init__(self, row):
        self.school, self.number = row["school"], row["studentnummer"]
        self.van, self.tot = parse_date(row["van"]), parse_date(row["tot"])
        self.pc4 = row["postcode"].strip()[:4]
        self.opleiding, self.leerweg, self.uren = row["opleiding"], row["leerweg"], int(row["uren"])
        self.dagen = frozenset(row.get("dagen", "").lower().split()) or WEEKDAYS
        self.max_km = int(row.get("max_km") or 40)
        self.skills = parse_levels(row.get("vaardigheden", ""), "=")
        self.tags = frozenset(parse_items(row.get("tags", "")))
        self.exclusions = frozenset(parse_items(row.get("uitsluiten", "")))
        self.wishes = parse_items(row.get("voorkeuren", ""), ">")

    def canonical(self):
        return self.school.encode(), self.number.encode(), self.van.isoformat().encode()

    def draw(self, seed):
        """Give the student the two values that the seed decides: the lottery and the key for ties in the list."""
        reference = seeded_hash(seed, "offline", self.school.encode(), self.number.encode())
        self.lottery = seeded_hash(seed, "lottery", reference)
        self.tie_key = seeded_hash(seed, "tie", reference)[:16]


class Placement:
    def __init__(self, row):
        self.leerbedrijf, self.leerplaats = row["leerbedrijf"], row["leerplaats"]
        self.name = self.leerbedrijf + "/" + self.leerplaats
        self.van, self.tot = parse_date(row["van"]), parse_date(row["tot"])
        self.pc4 = row["postcode"].strip()[:4]
        self.opleidingen, self.leerweg = row["opleidingen"].split(), row["leerweg"]
        self.capacity, self.uren = int(row["plaatsen"]), int(row["uren"])
        self.dagen = frozenset(row.get("dagen", "").lower().split())
        self.hard = parse_levels(row.get("eisen", ""), ">=")
        # In `code*weight>=level` the level is a ground for a later objection and plays no part in matching.
        self.weights = parse_levels(re.sub(r">=[^|]*", "", row.get("wegingen", "")), "*")
        self.tags = frozenset(parse_items(row.get("tags", "")))

    def canonical(self):
        return self.leerbedrijf.encode(), self.leerplaats.encode()

    def draw(self, seed):
        self.id_hash = seeded_hash(seed, "placement", self.leerbedrijf.encode(), self.leerplaats.encode())


class Centroids:
    """Where a PC4 lies. A coarse table has rows for two-digit regions; a full table has none."""

    def __init__(self, rows):
        self.points = {row["pc4"].strip(): (float(row["lat"]), float(row["lon"])) for row in rows}
        self.coarse = any(len(pc4) == 2 for pc4 in self.points)

    def locate(self, pc4):
        if pc4 in self.points:
            return self.points[pc4]
        if self.coarse:
            return self.points[pc4[:2]]
        # Plain additions in ascending order of PC4: neither the order of rows nor the exactness of Python's sum()
        # (compensated from 3.12) may change the rounding.
        near = [self.points[other] for other in sorted(self.points) if other[:3] == pc4[:3]]
        lat = lon = 0.0
        for point in near:
            lat, lon = lat + point[0], lon + point[1]
        return lat / len(near), lon / len(near)

    def distance_m(self, pc4_a, pc4_b):
        """Haversine in whole metres. The order of the operations is part of the rule."""
        (lat1, lon1), (lat2, lon2) = self.locate(pc4_a), self.locate(pc4_b)
        la, lb = lat1 * math.pi / 180, lat2 * math.pi / 180
        oa, ob = lon1 * math.pi / 180, lon2 * math.pi / 180
        s1, s2 = math.sin((lb - la) / 2), math.sin((ob - oa) / 2)
        h = s1 * s1 + math.cos(la) * math.cos(lb) * s2 * s2
        d = 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))
        return math.floor(1000 * d + 0.5)


def removed_by(student, placement, centroids, slack):
    """The first of RULES that keeps the student from the placement; None where there is none."""
    if student.opleiding not in placement.opleidingen:
        return "opleiding"
    if student.leerweg != placement.leerweg:
        return "leerweg"
    if any(text in ([placement.name] if "/" in text else [placement.leerbedrijf, placement.leerplaats])
           for text in student.exclusions):
        return "uitgesloten"
    if placement.van > student.van + slack or student.tot > placement.tot + slack:
        return "periode"
    if placement.uren < student.uren:
        return "uren"
    if not placement.dagen <= student.dagen:
        return "dagen"
    if centroids.distance_m(student.pc4, placement.pc4) > 1000 * student.max_km:
        return "afstand"
    if any(student.skills.get(code, 0) < level for code, level in placement.hard.items()):
        return "eisen"
    return None


def score_of(student, placement):
    if not placement.weights:
        return 100
    earned = sum(weight * student.skills.get(code, 0) for code, weight in placement.weights.items())
    return 100 * earned // (5 * sum(placement.weights.values()))


def explicit_wishes(student, placements):
    """The placements that the student named, best first: unknown and ambiguous names fall out, repeats count once."""
    named = []
    for text in student.wishes:
        found = [p for p in range(len(placements))
                 if text == (placements[p].name if "/" in text else placements[p].leerplaats)]
        if len(found) == 1 and found[0] not in named:
            named.append(found[0])
    return named


def preference_list(student, placements, eligible, centroids):
    """All eligible placements, best first, and how many of them the student named."""
    explicit = [p for p in explicit_wishes(student, placements) if p in eligible]

    def order(p):
        place = placements[p]
        distance = centroids.distance_m(student.pc4, place.pc4)
        return -len(student.tags & place.tags), distance // 5000, siphash24(student.tie_key, place.id_hash), p

    return explicit + sorted((p for p in eligible if p not in explicit), key=order), len(explicit)


def deferred_acceptance(lists, capacity, standing):
    """Student-proposing deferred acceptance: {student: place} of those who are matched.

    lists: {student: places, best first}; capacity: {place: seats}; standing(place, student): higher goes first.
    """
    held = {place: [] for place in capacity}
    tried = dict.fromkeys(lists, 0)
    free = list(lists)
    while free:
        student = free.pop()
        if tried[student] == len(lists[student]):
            continue
        place = lists[student][tried[student]]
        tried[student] += 1
        held[place].append(student)
        if len(held[place]) > capacity[place]:
            worst = min(held[place], key=lambda candidate: standing(place, candidate))
            held[place].remove(worst)
            free.append(worst)
    return {student: place for place, students in held.items() for student in students}


class Round:
    """Students and placements are known by their index in canonical order."""

    def __init__(self, students, placements, centroids, seed, options):
        self.students = sorted(students, key=Student.canonical)
        self.placements = sorted(placements, key=Placement.canonical)
        self.centroids, self.options = centroids, options    # speling, list_max, band_width
        for party in self.students + self.placements:
            party.draw(seed)
        self.removals, self.full_lists, self.lists = [], [], []
        for student in self.students:
            self.make_list(student)
        self.match()

    def make_list(self, student):
        slack = datetime.timedelta(days=self.options.speling)
        verdicts = [removed_by(student, placement, self.centroids, slack) for placement in self.placements]
        eligible = [p for p, verdict in enumerate(verdicts) if verdict is None]
        full, explicit = preference_list(student, self.placements, eligible, self.centroids)
        keep = max(self.options.list_max, explicit) if self.options.list_max > 0 else len(full)
        self.removals.append(verdicts)
        self.full_lists.append(full)
        self.lists.append(full[:keep])

    def band(self, p, s):
        return score_of(self.students[s], self.placements[p]) // self.options.band_width

    def standing(self, p, s):
        """Band, then lottery; of two stagevragen of one student the earlier goes first."""
        student = self.students[s]
        return self.band(p, s), student.lottery, -student.van.toordinal()

    def holders(self, p):
        return [s for s, place in self.matched.items() if place == p]

    def match(self):
        capacity = {p: placement.capacity for p, placement in enumerate(self.placements)}
        self.matched = deferred_acceptance(dict(enumerate(self.lists)), capacity, self.standing)

        # Second pass: who stayed unmatched on a cut list may still take a seat that nobody holds.
        self.cut = [s for s in range(len(self.students)) if len(self.lists[s]) < len(self.full_lists[s])]
        left = {p: capacity[p] - len(self.holders(p)) for p in capacity}
        open_lists = {s: [p for p in self.full_lists[s] if left[p] > 0] for s in self.cut if s not in self.matched}
        self.second_pass = deferred_acceptance(open_lists, left, self.standing)
        self.matched.update(self.second_pass)

    def reason(self, s):
        """Why the student has no place."""
        if not self.placements:
            return "geen passende plaats (geen aanbod): er zijn geen plaatsen"
        if not self.full_lists[s]:
            counts = {rule: self.removals[s].count(rule) for rule in RULES if rule in self.removals[s]}
            listed = ", ".join(f"{rule} {count}" for rule, count in counts.items())
            return f"geen passende plaats ({list(counts)[-1]}): van {len(self.placements)} plaatsen vielen af: {listed}"
        # Every eligible place is full here: a free seat would have been taken, at the latest in the second pass.
        lost = {"band": 0, "loting": 0}
        for p in self.full_lists[s]:
            worst = min(self.holders(p), key=lambda holder: self.standing(p, holder))
            lost["loting" if self.band(p, worst) == self.band(p, s) else "band"] += 1
        listed = ", ".join(f"{kind} {count}" for kind, count in lost.items() if count)
        return (f"alle passende plaatsen vol ({'loting' if lost['loting'] else 'band'}): van "
                f"{len(self.full_lists[s])} passende plaatsen gingen anderen voor: {listed}")

    def match_rows(self):
        yield "school studentnummer van leerbedrijf leerplaats rang score band km".split()
        for s, p in sorted(self.matched.items()):
            student, place = self.students[s], self.placements[p]
            hundredths = (self.centroids.distance_m(student.pc4, place.pc4) + 5) // 10
            yield [student.school, student.number, student.van.isoformat(), place.leerbedrijf, place.leerplaats,
                   self.full_lists[s].index(p) + 1, score_of(student, place), self.band(p, s),
                   f"{hundredths // 100}.{hundredths % 100:02d}"]

    def unmatched_rows(self):
        yield "school studentnummer van reden".split()
        for s, student in enumerate(self.students):
            if s not in self.matched:
                yield [student.school, student.number, student.van.isoformat(), self.reason(s)]


def write_rows(path, rows):
    def quoted(value):
        text = str(value)
        return '"' + text.replace('"', '""') + '"' if re.search('[;"\r\n]', text) else text

    with open(path, "wb") as f:
        for row in rows:
            f.write(";".join(map(quoted, row)).encode() + b"\n")


def run_round(args):
    seed = bytes.fromhex((args.seed or secrets.token_hex(32)).zfill(64))
    result = Round([Student(row) for row in read_table(args.students)],
                   [Placement(row) for row in read_table(args.placements)],
                   Centroids(read_table(args.pc4)), seed, args)
    os.makedirs(args.out, exist_ok=True)
    write_rows(os.path.join(args.out, "matches.csv"), result.match_rows())
    write_rows(os.path.join(args.out, "unmatched.csv"), result.unmatched_rows())
    print(f"seed={seed.hex()} students={len(result.students)} placements={len(result.placements)} "
          f"eligible={sum(map(len, result.full_lists))} matched={len(result.matched)} "
          f"unmatched={len(result.students) - len(result.matched)} cut={len(result.cut)} "
          f"second_pass={len(result.second_pass)}")


def run_solve(path):
    """`s i lottery r : places` and `p j cap c : (tie group) (tie group)`, best first."""
    lists, lottery, capacity, group = {}, {}, {}, {}
    with open(path, encoding="ascii") as f:
        next(f)
        for line in filter(str.strip, f):
            head, _, tail = line.partition(":")
            kind, number, _, value = head.split()
            if kind == "s":
                lottery[int(number)] = int(value)
                lists[int(number)] = [int(word) for word in tail.split()]
            else:
                capacity[int(number)] = int(value)
                for worse_than, members in enumerate(re.findall(r"\(([^)]*)\)", tail)):
                    group.update({(int(number), int(word)): worse_than for word in members.split()})
    acceptable = {s: [p for p in places if (p, s) in group] for s, places in lists.items()}
    matched = deferred_acceptance(acceptable, capacity, lambda p, s: (-group[p, s], lottery[s], -s))
    for s in sorted(lists):
        print(s, matched.get(s, -1))


def main():
    parser = argparse.ArgumentParser(description="Reference implementation of the offline matching round.")
    parser.add_argument("--solve", metavar="FILE")
    for name in ("--students", "--placements", "--pc4", "--out", "--seed"):
        parser.add_argument(name)
    for name, default in (("--speling", 7), ("--list-max", 1000), ("--band-width", 10)):
        parser.add_argument(name, type=int, default=default)
    args = parser.parse_args()
    if args.solve:
        run_solve(args.solve)
    elif args.students and args.placements and args.pc4 and args.out:
        run_round(args)
    else:
        parser.error("give --solve FILE, or --students, --placements, --pc4 and --out")


if __name__ == "__main__":
    main()
