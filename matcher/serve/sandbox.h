/*
 * sandbox.h - what a role process gives up before it reads a byte of anybody: other users' rights, new privileges, core dumps,
 * and the system calls that its work does not need.
 *
 * The filter (libseccomp) forbids by table what a role must never do; the rest of the kernel's calls stay, so that a library
 * may change how it allocates or sleeps. No role can make or connect a socket, start a program, trace or read another
 * process, or change namespaces, mounts or the kernel; the front, which has the sockets the parent bound, can accept on them and
 * cannot change a file; engine and vault cannot accept. Where there is a Redis the front may make sockets of the families and
 * types that reaching it takes, and connect them: where to is not for a filter to see. A forbidden call ends the process at once and is logged
 * ("sandbox_violation", with the call's number): a fault in the program or somebody in it, never something to go on after.
 */
#ifndef SERVE_SANDBOX_H
#define SERVE_SANDBOX_H

#include "ipc/channel.h"

enum { SANDBOX_VIOLATION_STATUS = 70 };

/* Sockets that the front may make, added up: none, Unix, TCP, UDP as well (which looking up names takes). */
enum sandbox_reach { SANDBOX_REACH_NONE = 0, SANDBOX_REACH_UNIX = 1, SANDBOX_REACH_TCP = 2, SANDBOX_REACH_NAMES = 4 };

/* Becomes `user` for good where the process is root's and `user` is not NULL. What is wrong was logged. */
MUST_USE enum err sandbox_become(const char *user);

/* Closes the sandbox of this role around the process; `reach` is for the front alone. What is wrong was logged. */
MUST_USE enum err sandbox_close(enum role_name role, unsigned reach);

#endif
