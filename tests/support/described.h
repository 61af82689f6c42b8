/*
 * described.h - the message types a fuzz target may choose from: those of the API, and Kinds, which has every type.
 */
#ifndef SUPPORT_DESCRIBED_H
#define SUPPORT_DESCRIBED_H

#include "api/method.h"
#include "kinds.pb-c.h"

/* The type that a byte stands for: half of them Kinds. */
static inline const ProtobufCMessageDescriptor *described(uint8_t choice)
{
    if (choice % 2 == 0)
        return &stagematch__test__kinds__descriptor;
    const struct method *method = method_of((enum method_id)(choice / 2 % METHOD_COUNT));
    return choice % 3 ? method->request : method->response;
}

#endif
