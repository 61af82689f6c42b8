#include "offline/result_files.h"

#include "offline/canonical.h"
#include "offline/tables.h"

enum err result_file_produce(const struct job *job, enum record_file file, const struct sink *sink)
{
    switch (file) {
    case RECORD_PC4:
        return canonical_postcodes(job->intake, sink);
    case RECORD_PLACEMENTS:
        return canonical_placements(job->intake, sink);
    case RECORD_STUDENTS:
        return canonical_students(job->intake, sink);
    case RECORD_MATCHES:
        return tables_matches(job->intake, &job->result, sink);
    case RECORD_UNMATCHED:
        return tables_unmatched(job->intake, &job->result, sink);
    case RECORD_FILE_COUNT:
        break;
    }
    return ERR_INTERNAL;
}
