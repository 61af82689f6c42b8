/*
 * inputs.h - whether the configuration, and the lists that it names, are still those that the roles were started with.
 *
 * A list counts as the same while its file keeps inode, size and time of change, and a folder while all in it do. The files of
 * the certificate are left out: a new one reaches the fronts without a new start (certificate.h).
 */
#ifndef SERVE_INPUTS_H
#define SERVE_INPUTS_H

#include "base/conf.h"
#include "base/digest.h"

void inputs_digest(const struct settings *settings, char hex[DIGEST_HEX_BYTES]);

#endif
