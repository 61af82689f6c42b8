// The API's manual: read from .proto text, and searched.
import { describe, expect, it } from "vitest";
import { find, type ManualFile } from "../src/public/manual.ts";
import { roundIdIn } from "../src/public/round_id.ts";
// @ts-expect-error a plain script
import { manualOf } from "../tools/manual.mjs";

const text = `// Things.
syntax = "proto3";

// Counts things.
service ThingService {
  // One thing.
  rpc GetThing(GetThingRequest) returns (GetThingResponse);
  // Things, live.
  rpc WatchThings(WatchThingsRequest) returns (stream WatchThingsResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
  }
}

// Its shape.
enum Shape {
  SHAPE_UNSPECIFIED = 0;
  // All round.
  SHAPE_ROUND = 1;
}

message GetThingRequest {
  // Which.
  repeated string thing_ids = 1;
}
`;
const files = manualOf([{ name: "thing.proto", text }]) as ManualFile[];

describe("the manual", () => {
  it("has every service, message and enum with its comments", () => {
    expect(find(files, "").map(({ kind, name }) => `${kind} ${name}`)).toEqual(["service ThingService", "message GetThingRequest", "enum Shape"]);
    expect(files[0]?.services[0]?.methods).toEqual([
      { name: "GetThing", about: "One thing.", request: "GetThingRequest", response: "GetThingResponse", stream: false },
      { name: "WatchThings", about: "Things, live.", request: "WatchThingsRequest", response: "WatchThingsResponse", stream: true },
    ]);
    expect(files[0]?.messages[0]?.fields).toEqual([{ name: "thing_ids", type: "string", repeated: true, about: "Which." }]);
  });
  it("finds by words, in any order and case, down to methods and fields", () => {
    expect(find(files, "LIVE watch").map(({ methods }) => methods.map(({ name }) => name))).toEqual([["WatchThings"]]);
    expect(find(files, "thing_ids").map(({ name }) => name)).toEqual(["GetThingRequest"]);
    expect(find(files, "all round").map(({ name }) => name)).toEqual(["Shape"]);
    expect(find(files, "nothing like it")).toEqual([]);
  });
});

describe("a round's number", () => {
  const id = "0123456789abcdef0123456789abcdef";
  it("is found by itself and in a link", () => {
    expect(roundIdIn(id)).toBe(id);
    expect(roundIdIn(` ${id.toUpperCase()} `)).toBe(id);
    expect(roundIdIn(`https://stage.example/rondes/${id}?x=1`)).toBe(id);
  });
  it("is not found in what is longer or something else", () => {
    expect(roundIdIn(`${id}0`)).toBe("");
    expect(roundIdIn("ronde 12")).toBe("");
  });
});
