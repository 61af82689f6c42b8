/*
 * watch_method.h - for each method that streams: what it asks the engine, and what an event says.
 */
#ifndef FRONT_WATCH_METHOD_H
#define FRONT_WATCH_METHOD_H

#include "api/method.h"
#include "stagematch/v1/operation.pb-c.h"
#include "stagematch/v1/round.pb-c.h"
#include "stagematch/v1/student.pb-c.h"
#include "stagematch/v1/task.pb-c.h"

/* On the stack; borrows from what it was made of. */
union watch_question {
    ProtobufCMessage base;
    Stagematch__V1__ListTasksRequest tasks;
    Stagematch__V1__GetRoundRequest round;
    Stagematch__V1__GetImportRequest import;
};
union watch_event {
    ProtobufCMessage base;
    Stagematch__V1__WatchTasksResponse tasks;
    Stagematch__V1__WatchRoundResponse round;
    Stagematch__V1__WatchImportResponse import;
};

struct watch_method {
    enum method_id method, asks;
    void (*question)(const void *request, union watch_question *out);
    /* `answer` NULL: a sign of life. */
    void (*event)(const void *answer, uint64_t seq, union watch_event *out);
    /* Whether nothing can follow this answer; NULL: something always can. */
    bool (*is_last)(const void *answer);
};

/* NULL for a method that is not in the table. */
const struct watch_method *watch_method_of(enum method_id method);

#endif
