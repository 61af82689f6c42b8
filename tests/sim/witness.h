/*
 * witness.h - what must hold of every transaction, looked at in the moment in which it becomes durable.
 */
#ifndef SIM_WITNESS_H
#define SIM_WITNESS_H

void witness_begin(void);

#endif
