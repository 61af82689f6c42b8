/*
 * role.h - what a role of the service is to the process that runs it (serve/): a handful of functions.
 *
 * serve/ makes the event base, joins the channels and forwards what the parent says; the role does its work in callbacks.
 */
#ifndef IPC_ROLE_H
#define IPC_ROLE_H

#include "base/clock.h"
#include "base/conf.h"
#include "base/random.h"
#include "ipc/channel.h"
#include "ipc/spawner.h"
#include "wire/tls.h"

struct role_environment {
    struct event_base *base;
    const struct settings *settings; /* of the service's table (ipc/service_options.h) */
    /* Where the role keeps its files: data_dir/engine or data_dir/vault, which is there and its own; NULL for the front. */
    const char *folder;
    struct clock clock;
    struct random_source random;
    /* Bound and listening sockets that the parent made, for the front: the API's, the metrics', the redirect's; -1: none. */
    int listen_fd, metrics_fd, redirect_fd;
    /* Which of the fronts this is, and the memory in which all of them keep their numbers (front/numbers.h); -1: none. */
    unsigned index;
    int numbers_fd;
    /* Keys that the parent made at its start and only engine and vault get; 32 bytes. */
    const uint8_t *assertion_key;
    /* Under which the fronts of this start keep answers outside (front/shelf.h); 32 bytes, NULL for other roles. */
    const uint8_t *cache_key;
    /* For the front, which serves TLS with it; empty: plain HTTP. Wiped after `start`. */
    struct tls_pem tls;
    /* Keys of the vault, read by the parent before it changed user; NULL for other roles. */
    const uint8_t *master_key;
    /* Runs notify_command for the vault, which may start no program itself (ipc/spawner.h); NULL for other roles. */
    struct spawner *spawner;
    /* The role tells that it is ready to serve; may be called once. */
    void (*ready)(void *context);
    /* The role has nothing left to do after `stop`. */
    void (*stopped)(void *context);
    void *context;
};

struct role_operations {
    enum role_name name;
    /* Opens what it needs and starts. ERR_* ends the process; what is wrong was logged. The environment lives as long as it. */
    enum err (*start)(const struct role_environment *environment, void **self);
    /* The handlers for a channel with `peer` that is about to be made. */
    struct channel_handlers (*handlers)(void *self, enum role_name peer);
    /* The channel is there, new or in place of one that closed: for that one, `closed` of the handlers came before. */
    void (*connected)(void *self, enum role_name peer, struct channel *channel);
    /* Another certificate, borrowed, for the connections to come. NULL for a role that has none. */
    void (*certificate)(void *self, const struct tls_pem *pem);
    /* Finish what was acknowledged, take nothing new, then call environment->stopped. */
    void (*stop)(void *self);
    void (*free)(void *self);
};

#endif
