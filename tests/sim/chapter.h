/*
 * chapter.h - where schedules begin: the same market at several moments of its life, made once without faults.
 *
 * So a short schedule reaches what comes late: releases, texts, erasures. A chapter is what would be left if all roles died in
 * that moment: durable rows, and what the clients know.
 */
#ifndef SIM_CHAPTER_H
#define SIM_CHAPTER_H

#include <stddef.h>

/* Makes them; once. */
void chapters_make(void);
void chapters_free(void);

/* Puts databases, clients and clock back to the one that the seed says. */
void chapter_open(void);

#endif
