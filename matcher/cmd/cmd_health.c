#include "cmd/command.h"
#include "cmd/options.h"

#include "base/file.h"
#include "serve/demo_client.h"

#include <string.h>

enum { PATH_BYTES = 4096, ADDRESS_BYTES_MAX = 256 };

static const struct option options[] = {OPTION_DATA_DIR, OPTION_LOG_LEVEL};

/* The service writes where its metrics listen into data_dir, whatever port that became. */
static enum err read_address(const char *data_dir, char out[ADDRESS_BYTES_MAX])
{
    char path[PATH_BYTES];
    struct buf text;
    int length = snprintf(path, sizeof path, "%s/metrics_address", data_dir);
    if (length < 0 || (size_t)length >= sizeof path)
        return ERR_RANGE;
    buf_init(&text, ADDRESS_BYTES_MAX - 1);
    enum err e = file_read_all(path, &text);
    if (e == ERR_OK) {
        struct text line = text_trim(buf_text(&text));
        const char *end = memchr(line.data, '\n', line.length);
        snprintf(out, ADDRESS_BYTES_MAX, "%.*s", (int)(end ? (size_t)(end - line.data) : line.length), line.data);
    }
    buf_free(&text);
    return e;
}

static int run(const struct invocation *invocation)
{
    const char *data_dir = settings_string(invocation->settings, "data_dir");
    char address[ADDRESS_BYTES_MAX];
    struct demo_client *client;
    enum err e = read_address(data_dir, address);
    if (e == ERR_OK)
        e = demo_client_new(address, &client);
    if (e != ERR_OK) {
        fprintf(stderr, "stagematch health: no service runs on %s\n", data_dir);
        return EXIT_JOB_FAILED;
    }
    bool ready = demo_client_is_ok(client, "/readyz");
    demo_client_free(client);
    puts(ready ? "ready" : "not ready");
    return ready ? 0 : EXIT_JOB_FAILED;
}

const struct command command_health = {
    .name = "health",
    .usage = "[--data-dir DIR] [--config FILE]",
    .summary = "Tell whether the service that runs here is ready: exit status 0 or 1",
    .details = "For a container's health check, or a script that waits. /readyz says more.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .reads_config = true,
    .run = run,
};
