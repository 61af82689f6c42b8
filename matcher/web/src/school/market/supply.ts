// How many students look for a place, and how many places are free, of each qualification.
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { type Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";

export type Supply = { qualification: string; students: number; seats: number };

const freeSeats = (placement: Placement) => Math.max(0, placement.capacity - placement.seatsTaken - placement.seatsSuspended);

/** Of students of `schools` that are free and in no round, and of published placements in no round. Most students first. */
export function supplyOf(stagevragen: readonly Stagevraag[], placements: readonly Placement[], schools: readonly string[]): Supply[] {
  const all = new Map<string, Supply>();
  const of = (qualification: string): Supply => {
    const known = all.get(qualification) ?? { qualification, students: 0, seats: 0 };
    all.set(qualification, known);
    return known;
  };
  for (const one of stagevragen)
    if (one.state === StagevraagState.FREE && !one.roundId && schools.includes(one.school) && one.profile) of(one.profile.qualification).students++;
  for (const placement of placements)
    if (placement.state === PlacementState.PUBLISHED && !placement.roundId) for (const qualification of placement.qualifications) of(qualification).seats += freeSeats(placement);
  return [...all.values()].sort((a, b) => b.students - a.students || a.qualification.localeCompare(b.qualification));
}
