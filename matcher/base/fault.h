/*
 * fault.h - places where a test may kill the process, to show that what was acknowledged survives.
 *
 * In a build with STAGEMATCH_FAULT_POINTS, FAULT_POINT("vault.staged") ends the process with SIGKILL when the environment has
 * STAGEMATCH_FAULT=vault.staged:FILE and FILE is newer than the process: so the process that takes its place passes. In every
 * other build it is nothing.
 *
 * The same build reads STAGEMATCH_CLOCK_OFFSET_MS: the wall clock runs that many milliseconds ahead, so that a test sees what
 * happens when a term is over without waiting for it.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdint.h>

#ifdef STAGEMATCH_FAULT_POINTS
void fault_point(const char *name);
int64_t fault_clock_offset_ms(void);
#define FAULT_POINT(name) fault_point(name)
#else
#define FAULT_POINT(name) ((void)0)
#define fault_clock_offset_ms() ((int64_t)0)
#endif

#endif
