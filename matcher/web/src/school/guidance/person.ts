// How somebody is named: in a sentence, and in a list.
import type { StudentIdentity } from "~gen/stagematch/v1/identity_pb.ts";
import type { Identity } from "~gen/stagematch/v1/student_pb.ts";

export function fullName(identity: Identity | undefined): string {
  if (!identity) return "";
  return [identity.firstName, identity.infix, identity.lastName].filter(Boolean).join(" ");
}

/** As lists are sorted here: by last name, the infix behind it. */
export function sortName(identity: Identity | undefined): string {
  if (!identity) return "";
  const first = [identity.firstName, identity.infix].filter(Boolean).join(" ");
  return [identity.lastName, first].filter(Boolean).join(", ");
}

/** The student number, where the school handed in no name. */
export function nameOrNumber(student: StudentIdentity | undefined): string {
  return fullName(student?.identity) || student?.studentNumber || "";
}
