#include "api/status.h"

const REFUSAL(refusal_internal, STATUS_INTERNAL, "internal",
              "Er ging iets mis in de dienst. Probeer het later opnieuw.",
              "Something went wrong in the service. Try again later.");
const REFUSAL(refusal_unavailable, STATUS_UNAVAILABLE, "unavailable",
              "De dienst is even niet beschikbaar. Probeer het zo opnieuw, met hetzelfde request_id.",
              "The service is not available for a moment. Try again soon, with the same request_id.");
const REFUSAL(refusal_memory, STATUS_RESOURCE_EXHAUSTED, "no_memory",
              "De dienst heeft te weinig geheugen voor deze aanvraag. Probeer het later of in kleinere delen.",
              "The service has too little memory for this request. Try later, or in smaller parts.");
const REFUSAL(refusal_deadline, STATUS_DEADLINE_EXCEEDED, "deadline",
              "Het duurde langer dan de afgesproken tijd. Probeer het opnieuw, met hetzelfde request_id.",
              "It took longer than the agreed time. Try again, with the same request_id.");
const REFUSAL(refusal_canceled, STATUS_CANCELED, "canceled", "De aanvraag is afgebroken.",
              "The request was canceled.");
const REFUSAL(refusal_unauthenticated, STATUS_UNAUTHENTICATED, "unauthenticated", "Log in om dit te doen.",
              "Log in to do this.");
const REFUSAL(refusal_permission, STATUS_PERMISSION_DENIED, "not_your_role", "Dit hoort niet bij jouw rol.",
              "This is not for your role.");
const REFUSAL(refusal_not_found, STATUS_NOT_FOUND, "not_found", "Dit bestaat niet, of is niet van jou.",
              "This does not exist, or is not yours.");
const REFUSAL(refusal_unimplemented, STATUS_UNIMPLEMENTED, "unimplemented", "Dit kan de dienst nog niet.",
              "The service cannot do this yet.");
const REFUSAL(refusal_malformed, STATUS_INVALID_ARGUMENT, "malformed", "Deze aanvraag is niet te lezen.",
              "This request cannot be read.");
const REFUSAL(refusal_request_id, STATUS_INVALID_ARGUMENT, "request_id",
              "Geef een request_id mee: een UUID, nieuw voor elke wijziging.",
              "Give a request_id: a UUID, new for every change.");
const REFUSAL(refusal_request_reused, STATUS_ALREADY_EXISTS, "request_id_reused",
              "Dit request_id is al gebruikt voor een andere aanvraag. Neem een nieuw.",
              "This request_id was used for another request. Draw a new one.");
const REFUSAL(refusal_stale_version, STATUS_ABORTED, "stale_version",
              "Dit is intussen veranderd. Haal het opnieuw op en kijk of je besluit nog past.",
              "This has changed in the meantime. Read it again and see whether your decision still fits.");
const REFUSAL(refusal_missing_field, STATUS_INVALID_ARGUMENT, "missing_field", "Vul dit veld in.",
              "Fill in this field.");
const REFUSAL(refusal_bad_value, STATUS_INVALID_ARGUMENT, "bad_value", "Deze waarde kan niet.",
              "This value is not possible.");
const REFUSAL(refusal_too_large, STATUS_RESOURCE_EXHAUSTED, "too_large", "Deze aanvraag is te groot. Deel hem op.",
              "This request is too large. Split it.");
const REFUSAL(refusal_too_many, STATUS_RESOURCE_EXHAUSTED, "too_many", "Te veel aanvragen. Wacht even.",
              "Too many requests. Wait a moment.");

static const struct {
    const char *name;
    int http;
} codes[STATUS_CODE_COUNT] = {
    [STATUS_OK] = {"ok", 200},
    [STATUS_CANCELED] = {"canceled", 499},
    [STATUS_UNKNOWN] = {"unknown", 500},
    [STATUS_INVALID_ARGUMENT] = {"invalid_argument", 400},
    [STATUS_DEADLINE_EXCEEDED] = {"deadline_exceeded", 504},
    [STATUS_NOT_FOUND] = {"not_found", 404},
    [STATUS_ALREADY_EXISTS] = {"already_exists", 409},
    [STATUS_PERMISSION_DENIED] = {"permission_denied", 403},
    [STATUS_RESOURCE_EXHAUSTED] = {"resource_exhausted", 429},
    [STATUS_FAILED_PRECONDITION] = {"failed_precondition", 400},
    [STATUS_ABORTED] = {"aborted", 409},
    [STATUS_OUT_OF_RANGE] = {"out_of_range", 400},
    [STATUS_UNIMPLEMENTED] = {"unimplemented", 501},
    [STATUS_INTERNAL] = {"internal", 500},
    [STATUS_UNAVAILABLE] = {"unavailable", 503},
    [STATUS_DATA_LOSS] = {"data_loss", 500},
    [STATUS_UNAUTHENTICATED] = {"unauthenticated", 401},
};

const char *status_code_name(enum status_code code)
{
    return (unsigned)code < STATUS_CODE_COUNT ? codes[code].name : codes[STATUS_UNKNOWN].name;
}

int status_http(enum status_code code)
{
    return (unsigned)code < STATUS_CODE_COUNT ? codes[code].http : codes[STATUS_UNKNOWN].http;
}
