// Opening a case from an address, and what steps and movements are called.
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { CaseEvent, CaseState, CompanyCaseSchema } from "~gen/stagematch/v1/case_pb.ts";
import { ListMeasuresResponseSchema, MeasureEffect, MeasureState } from "~gen/stagematch/v1/measure_pb.ts";

Object.assign(globalThis, { addEventListener: () => undefined, removeEventListener: () => undefined, location: { origin: "http://localhost", pathname: "/" } });
const { waits } = await import("~/company/cases.tsx");
const { draftOf } = await import("~/review/case_open.tsx");
const { aboutText, eventText, measureWord, roleText, running, runs, stateText } = await import("~/review/case_words.ts");

const id = (digit: string) => digit.repeat(32);

describe("a case that is opened from somewhere", () => {
  it("takes every id that the address has, and nothing that is none", () => {
    const draft = draftOf(`?school=99AA&bedrijf=100077736&melding=${id("a")}&melding=${id("b")}&signaal=${id("c")}&voorstel=../../x&punt=`);
    expect(draft).toEqual({
      school: "99AA",
      leerbedrijf: "100077736",
      reportIds: [id("a"), id("b")],
      signalIds: [id("c")],
      pointIds: [],
      proposalIds: [],
    });
  });

  it("is empty without an address", () => {
    expect(draftOf("").reportIds).toEqual([]);
    expect(draftOf("").leerbedrijf).toBe("");
  });
});

describe("words", () => {
  it("knows every state and every event", () => {
    const states = Object.values(CaseState).filter((one): one is CaseState => typeof one === "number" && one !== CaseState.UNSPECIFIED);
    const events = Object.values(CaseEvent).filter((one): one is CaseEvent => typeof one === "number" && one !== CaseEvent.UNSPECIFIED);
    expect(states.map(stateText)).not.toContain("?");
    expect(events.map(eventText)).not.toContain("?");
    expect(new Set(states.map(stateText)).size).toBe(states.length);
  });

  it("has each state that runs in one column", () => {
    expect(new Set(running).size).toBe(running.length);
    expect([CaseState.CLOSED, CaseState.UNFOUNDED, CaseState.WITHDRAWN].some(runs)).toBe(false);
  });

  it("says what a step is about", () => {
    const lists = create(ListMeasuresResponseSchema, {
      measures: [{ code: "pauze", titleNl: "Samenwerking pauzeren" }],
      outcomes: [{ code: "gegrond", textNl: "Gegrond" }],
    });
    expect(aboutText(lists, CaseEvent.MEASURE, "pauze")).toBe("Samenwerking pauzeren");
    expect(aboutText(lists, CaseEvent.UPHELD, "gegrond")).toBe("Gegrond");
    expect(aboutText(lists, CaseEvent.OVERDUE, "wederhoor")).toBe(stateText(CaseState.WEDERHOOR));
    expect(aboutText(lists, CaseEvent.SECOND_ASKED, "99AB")).toContain("99AB");
    expect(aboutText(undefined, CaseEvent.UPHELD, "onbekend")).toBe("onbekend");
    expect(aboutText(lists, CaseEvent.TAKEN, "")).toBe("");
  });

  it("names the caller, others by their role, and the service", () => {
    expect(roleText("behandelaar", true)).toBe("jij");
    expect(roleText("company", false)).toBe("het bedrijf");
    expect(roleText("", false)).toBe("de dienst");
  });

  it("tells a measure that runs from one that is over", () => {
    expect(measureWord(MeasureState.ACTIVE, MeasureEffect.PAUSE).tone).toBe("warning");
    expect(measureWord(MeasureState.LIFTED, MeasureEffect.PAUSE).tone).toBe("neutral");
    expect(measureWord(MeasureState.DONE, MeasureEffect.AGREEMENT).tone).toBe("positive");
  });
});

describe("the company's side", () => {
  it("waits only while an answer is due", () => {
    expect(waits(create(CompanyCaseSchema, { open: true, dueTime: { seconds: 1n } }))).toBe(true);
    expect(waits(create(CompanyCaseSchema, { open: true }))).toBe(false);
    expect(waits(create(CompanyCaseSchema, { open: false, dueTime: { seconds: 1n } }))).toBe(false);
  });
});
