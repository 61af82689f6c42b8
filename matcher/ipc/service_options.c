#include "ipc/service_options.h"

const struct option service_options[] = {SERVICE_OPTIONS};
const size_t service_option_count = sizeof service_options / sizeof service_options[0];
