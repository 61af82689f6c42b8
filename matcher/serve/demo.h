/*
 * demo.h - `stagematch demo`: the whole service on loopback with made-up data, and a login for each role.
 *
 * Everything lies in one folder: a new temporary one that is removed at the end, or one that is named and kept. Accounts are
 * made before the service starts; the rest goes through the service's own API, as a school would do it.
 */
#ifndef SERVE_DEMO_H
#define SERVE_DEMO_H

#include "serve/parent.h"

struct demo {
    struct serve_source source; /* the configuration, which is completed here */
    const char *folder;         /* NULL: a temporary one */
    const char *config_folder;  /* holds demo/students.csv and demo/placements.csv */
    const char *web; /* the built web application; NULL: the folder `web` beside the program, if it is there */
    bool tls;        /* with a certificate that vouches for itself, made in the folder */
};

/* Runs until a signal ends it. What is wrong was said on stderr. */
MUST_USE enum err demo_run(const struct demo *demo);

#endif
