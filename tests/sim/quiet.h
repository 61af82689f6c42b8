/*
 * quiet.h - what must hold once nothing fails any more and everybody has an answer: both databases tell one story.
 */
#ifndef SIM_QUIET_H
#define SIM_QUIET_H

void quiet_check(void);

#endif
