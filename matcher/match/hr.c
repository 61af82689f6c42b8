#include "match/hr.h"

#include "base/mem.h"

void hr_free(struct hr *hr)
{
    instance_free(&hr->instance);
    mem_free(hr->number);
    hr->number = NULL;
}
