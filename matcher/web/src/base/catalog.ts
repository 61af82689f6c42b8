// The closed lists of the service: reasons, skills, studies, contacts. Asked for once a visit.
import type { GetCatalogResponse, Reason } from "~gen/stagematch/v1/operation_pb.ts";
import { api } from "./api.ts";
import { language } from "./language.ts";
import { type Loaded, useLoad } from "./load.ts";

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return () => {
    asked ??= ask().catch((error: unknown) => {
      asked = null;
      throw error;
    });
    return asked;
  };
}

const askReasons = once(async () => (await api.catalog.listReasons({})).reasons);
const askCatalog = once(() => api.catalog.getCatalog({}));

/** Events as the catalogue of reasons names them. */
export type ReasonEvent =
  | "school_veto"
  | "company_objects"
  | "student_declines"
  | "company_drops_after_release"
  | "cancelled_before_start"
  | "ended_early"
  | "withdrawn_student"
  | "withdrawn_place";

export function useReasons(event: ReasonEvent): Loaded<Reason[]> {
  const reasons = useLoad(askReasons, []);
  return { ...reasons, data: reasons.data?.filter((reason) => reason.events.includes(event)) };
}

/** Every reason, to say what one that was given means. */
export function useAllReasons(): Loaded<Reason[]> {
  return useLoad(askReasons, []);
}

export const reasonText = (reason: Reason): string => (language() === "nl" ? reason.textNl : reason.textEn);

export function useCatalog(): Loaded<GetCatalogResponse> {
  return useLoad(askCatalog, []);
}

/** The name of a skill; one that the catalogue lacks is shown as its code. */
export function skillText(catalog: GetCatalogResponse | undefined, code: string): string {
  const skill = catalog?.skills.find((known) => known.code === code);
  return skill ? (language() === "nl" ? skill.textNl : skill.textEn) : code;
}

/** The name of a school; one that the catalogue lacks is shown as its brin. */
export const schoolText = (catalog: GetCatalogResponse | undefined, brin: string): string => catalog?.schools.find((known) => known.code === brin)?.name ?? brin;

export function qualificationText(catalog: GetCatalogResponse | undefined, code: string): string {
  const known = catalog?.qualifications.find((qualification) => qualification.code === code);
  return known ? `${known.name} (${code})` : code;
}
