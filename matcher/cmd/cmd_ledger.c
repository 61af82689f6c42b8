#include "cmd/checkpoints.h"
#include "cmd/command.h"
#include "cmd/options.h"

#include "store/ledger_verify.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    LINE_BYTES_MAX = 64 << 20,
    PUBLIC_KEY_BYTES = CHECKPOINT_KEY_BYTES,
    PUBLIC_KEY_HEX_DIGITS = 64,
    PAGE_ENTRIES = 1000
};

static const struct option options[] = {
    {.name = "data_dir",
     .flag = "data",
     .type = OPTION_PATH,
     .where = BOTH,
     .unit = "DIR",
     .fallback = "/var/lib/stagematch",
     .text = "where the service keeps its databases; it may be running"},
    {.name = "chain",
     .type = OPTION_CHOICE,
     .where = OPTION_ON_LINE,
     .choices = "engine vault",
     .text = "which ledger: verify does both without it, export the engine's"},
    {.name = "checkpoint",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "FILE",
     .text = "heads that were kept earlier, one a line: `chain seq hash time signature`"},
    {.name = "key",
     .type = OPTION_TEXT,
     .where = OPTION_ON_LINE,
     .unit = "HEX",
     .text = "public key (64 hexadecimal digits) that must have signed every checkpoint"},
    OPTION_LOG_LEVEL,
};

static const char *const chains[] = {"engine", "vault"};
enum { CHAIN_COUNT = sizeof chains / sizeof chains[0] };

/* DIR/CHAIN/CHAIN.sqlite */
static enum err path_of(const struct settings *settings, const char *chain, char path[PATH_BYTES])
{
    int length = snprintf(path, PATH_BYTES, "%s/%s/%s.sqlite", settings_string(settings, "data_dir"), chain, chain);
    return length < 0 || length >= PATH_BYTES ? ERR_RANGE : ERR_OK;
}

static enum err open_chain(const char *path, struct store **store)
{
    struct buf complaint;
    const struct store_options open = {.path = path, .read_only = true};
    buf_init(&complaint, PATH_BYTES);
    enum err e = store_open(&open, NULL, store, &complaint);
    if (e != ERR_OK)
        fprintf(stderr, "stagematch ledger: %.*s\n", (int)complaint.length, complaint.length ? complaint.data : "");
    buf_free(&complaint);
    return e;
}

/* The key of --key; *given tells whether there is one. */
static enum err read_key(const struct settings *settings, uint8_t key[PUBLIC_KEY_BYTES], bool *given)
{
    const char *hex = settings_string(settings, "key");
    size_t length;
    *given = hex != NULL;
    if (hex && (strlen(hex) != PUBLIC_KEY_HEX_DIGITS ||
                sodium_hex2bin(key, PUBLIC_KEY_BYTES, hex, strlen(hex), NULL, &length, NULL) != 0 ||
                length != PUBLIC_KEY_BYTES)) {
        fputs("--key: 64 hexadecimal digits are expected\n", stderr);
        return ERR_USAGE;
    }
    return ERR_OK;
}

/* What to hold the chain against: the file of --checkpoint, and what the vault signed. */
static enum err collect(const struct settings *settings, const char *chain, struct checkpoints *out)
{
    const char *file = settings_string(settings, "checkpoint");
    uint8_t key[PUBLIC_KEY_BYTES];
    char vault[PATH_BYTES];
    bool has_key;
    enum err e = read_key(settings, key, &has_key);
    if (e != ERR_OK)
        return e;
    checkpoints_init(out, chain, has_key ? key : NULL);
    if (file)
        e = checkpoints_add_file(out, file);
    if (e == ERR_OK)
        e = path_of(settings, "vault", vault);
    if (e == ERR_OK && access(vault, F_OK) == 0)
        e = checkpoints_add_stored(out, vault);
    checkpoints_sort(out);
    return e;
}

/* The head goes to standard output as a checkpoint, to be kept; what was found goes to standard error. */
static void report(const struct ledger_verifier *verifier, const struct checkpoints *checkpoints)
{
    const char *chain = checkpoints->chain;
    if (verifier->fault != LEDGER_INTACT) {
        fprintf(stderr, "%s: NOT intact: %s, at number %" PRIu64 "\n", chain, ledger_fault_text(verifier->fault),
                verifier->fault_seq);
        return;
    }
    fprintf(stderr, "%s: intact, %" PRIu64 " entries; checkpoints: %zu", chain, verifier->head.seq,
            checkpoints->count);
    if (checkpoints->signed_count) {
        char hex[PUBLIC_KEY_HEX_DIGITS + 1];
        sodium_bin2hex(hex, sizeof hex, checkpoints->public_key, PUBLIC_KEY_BYTES);
        fprintf(stderr, ", signed by the vault: %zu, with the key %s", checkpoints->signed_count, hex);
    }
    fputc('\n', stderr);
    if (verifier->head.seq == 0)
        return;
    struct ledger_checkpoint head = {.head = verifier->head, .time_ms = verifier->time_ms};
    char line[LEDGER_CHECKPOINT_LINE_BYTES];
    snprintf(head.chain, sizeof head.chain, "%s", chain);
    ledger_checkpoint_format(&head, line);
    fputs(line, stdout);
}

static enum err verify_chain(const struct settings *settings, const char *chain, const char *path)
{
    struct checkpoints checkpoints = {0};
    struct ledger_verifier verifier;
    struct store *store = NULL;
    enum err e = collect(settings, chain, &checkpoints);
    if (e == ERR_OK)
        e = open_chain(path, &store);
    if (e == ERR_OK) {
        ledger_verify_start(&verifier, checkpoints.list, checkpoints.count);
        e = ledger_verify_store(store, &verifier);
        if (e == ERR_OK || e == ERR_MISMATCH)
            report(&verifier, &checkpoints);
        else
            fprintf(stderr, "%s: could not be checked: %s\n", chain, err_text(e));
    }
    if (store)
        store_close(store);
    checkpoints_free(&checkpoints);
    return e;
}

static enum err verify_all(const struct settings *settings)
{
    const char *chosen = settings_string(settings, "chain");
    enum err worst = ERR_OK;
    size_t found = 0;
    for (size_t i = 0; i < CHAIN_COUNT; i++) {
        char path[PATH_BYTES];
        if (chosen && strcmp(chosen, chains[i]) != 0)
            continue;
        enum err e = path_of(settings, chains[i], path);
        if (e == ERR_OK && !chosen && access(path, F_OK) != 0)
            continue;
        found++;
        if (e == ERR_OK)
            e = verify_chain(settings, chains[i], path);
        if (e != ERR_OK && worst == ERR_OK)
            worst = e;
    }
    if (found)
        return worst;
    fprintf(stderr, "%s: there is no ledger\n", settings_string(settings, "data_dir"));
    return ERR_MISSING;
}

struct export_page {
    struct buf line;
    uint64_t last_seq;
    uint32_t entries;
};

static void put_hex(struct buf *line, const void *bytes, size_t length, char end)
{
    buf_put_hex(line, bytes, length);
    buf_put_char(line, end);
}

static enum err export_entry(void *context, const struct ledger_entry *entry)
{
    struct export_page *page = context;
    struct buf *line = &page->line;
    buf_clear(line);
    buf_printf(line, "%" PRIu64 ";%" PRId64 ";", entry->seq, entry->time_ms);
    buf_put_csv(line, entry->kind, ';');
    buf_put_char(line, ';');
    put_hex(line, entry->subject.data, entry->subject.length, ';');
    put_hex(line, entry->payload.data, entry->payload.length, ';');
    put_hex(line, entry->previous, LEDGER_HASH_BYTES, ';');
    put_hex(line, entry->hash, LEDGER_HASH_BYTES, '\n');
    enum err e = buf_error(line);
    if (e == ERR_OK && fwrite(line->data, 1, line->length, stdout) != line->length)
        e = ERR_IO; /* said by command_main, which closes the output */
    page->last_seq = entry->seq;
    page->entries++;
    return e;
}

static enum err export_chain(const struct settings *settings)
{
    const char *chosen = settings_string(settings, "chain");
    char path[PATH_BYTES];
    struct store *store = NULL;
    struct export_page page = {.last_seq = 0};
    enum err e = path_of(settings, chosen ? chosen : chains[0], path);
    if (e == ERR_OK)
        e = open_chain(path, &store);
    if (e != ERR_OK)
        return e;
    buf_init(&page.line, LINE_BYTES_MAX);
    fputs("seq;time_ms;kind;subject;payload;previous;hash\n", stdout);
    do {
        page.entries = 0;
        e = store_ledger_read(store, page.last_seq, PAGE_ENTRIES, export_entry, &page);
    } while (e == ERR_OK && page.entries == PAGE_ENTRIES);
    if (e != ERR_OK)
        fprintf(stderr, "%s: cannot be exported: %s\n", path, err_text(e));
    buf_free(&page.line);
    store_close(store);
    return e;
}

/* The heads that the vault signed and keeps, as lines. */
static enum err print_checkpoints(const struct settings *settings)
{
    struct checkpoints checkpoints;
    char path[PATH_BYTES], line[LEDGER_CHECKPOINT_LINE_BYTES];
    uint8_t key[PUBLIC_KEY_BYTES];
    bool has_key;
    enum err e = read_key(settings, key, &has_key);
    if (e == ERR_OK)
        e = path_of(settings, "vault", path);
    if (e != ERR_OK)
        return e;
    checkpoints_init(&checkpoints, settings_string(settings, "chain"), has_key ? key : NULL);
    e = checkpoints_add_stored(&checkpoints, path);
    for (size_t i = 0; i < checkpoints.count && e == ERR_OK; i++) {
        ledger_checkpoint_format(&checkpoints.list[i], line);
        fputs(line, stdout);
    }
    checkpoints_free(&checkpoints);
    return e;
}

static const struct {
    const char *name;
    enum err (*run)(const struct settings *settings);
} actions[] = {{"verify", verify_all}, {"export", export_chain}, {"checkpoints", print_checkpoints}};

static int run(const struct invocation *invocation)
{
    const char *what = invocation->operands[0];
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(what, actions[i].name) == 0)
            return exit_status(actions[i].run(invocation->settings));
    fputs("stagematch ledger: expected `verify`, `export` or `checkpoints`\n", stderr);
    return EXIT_WRONG_USE;
}

const struct command command_ledger = {
    .name = "ledger",
    .usage = "verify|export|checkpoints [--data DIR] [--chain NAME] [--checkpoint FILE] [--key HEX]",
    .summary = "Check that a ledger is whole and unchanged, or write it out",
    .details =
        "verify recomputes the hash of every entry: nothing can be changed, removed, moved or added without showing. "
        "It\n"
        "prints each ledger's newest entry as a checkpoint. Keep that line elsewhere and give it with --checkpoint\n"
        "later: then a tail that was cut off, or a ledger that was written anew, shows too.\n"
        "The heads that the vault has signed are held against both ledgers as well.\n"
        "export writes one line for each entry, with what its hash is made of (store/ledger.h), as CSV.\n"
        "checkpoints writes the heads that the vault has signed, for use with --checkpoint and --key.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .min_operands = 1,
    .max_operands = 1,
    .reads_config = true,
    .run = run,
};
