// The seats of a place in words.
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";

export type Seats = Pick<Placement, "capacity" | "seatsTaken" | "seatsSuspended">;

/** Seats that can still be given out; never fewer than none, also where the capacity was made smaller. */
export const freeSeats = ({ capacity, seatsTaken, seatsSuspended }: Seats): number => Math.max(0, capacity - seatsTaken - seatsSuspended);

/** How many are taken, wait, and are free. */
export function seatsLine(place: Placement): string {
  const parts = [seatsText(place)];
  if (place.seatsSuspended > 0) parts.push(tr(`${number(place.seatsSuspended)} staat stil`, `${number(place.seatsSuspended)} on hold`));
  if (place.state === PlacementState.PUBLISHED) parts.push(tr(`${number(freeSeats(place))} vrij`, `${number(freeSeats(place))} free`));
  return parts.join(", ");
}

export function seatsText(seats: Seats): string {
  const { capacity, seatsTaken } = seats;
  return tr(`${number(seatsTaken)} van ${number(capacity)} ${capacity === 1 ? "plaats" : "plaatsen"} bezet`, `${number(seatsTaken)} of ${number(capacity)} ${capacity === 1 ? "seat" : "seats"} taken`);
}
