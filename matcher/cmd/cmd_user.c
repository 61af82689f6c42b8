#include "cmd/command.h"
#include "cmd/options.h"

#include "vault/offline.h"

#include <errno.h>
#include <pwd.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, LIST_MAX = 64, COMPLAINT_BYTES = 4096, SCOPE_BYTES = 64 };

static const struct option options[] = {
    OPTION_DATA_DIR,
    OPTION_MASTER_KEY,
    OPTION_PUBLIC_URL,
    OPTION_USER_VAULT,
    OPTION_LOG_LEVEL,
    {.name = "email", .type = OPTION_TEXT, .where = OPTION_ON_LINE, .unit = "ADDRESS", .text = "whose account it is"},
    {.name = "name", .type = OPTION_TEXT, .where = OPTION_ON_LINE, .unit = "NAME", .text = "how to greet its holder"},
    {.name = "role",
     .type = OPTION_CHOICE,
     .where = OPTION_ON_LINE,
     .choices = "operator coordinator vertrouwenspersoon behandelaar company",
     .text = "what it may do"},
    {.name = "scope",
     .type = OPTION_TEXT,
     .where = OPTION_ON_LINE,
     .unit = "CODES",
     .text = "schools (brin), or a company's leerbedrijven, joined by commas"},
    {.name = "schools",
     .type = OPTION_TEXT,
     .where = OPTION_ON_LINE,
     .unit = "CODES",
     .text = "for a company: the schools that look after it, joined by commas"},
};

static const struct {
    const char *name;
    Stagematch__V1__Role role;
} roles[] = {
    {"operator", STAGEMATCH__V1__ROLE__ROLE_OPERATOR},
    {"coordinator", STAGEMATCH__V1__ROLE__ROLE_COORDINATOR},
    {"vertrouwenspersoon", STAGEMATCH__V1__ROLE__ROLE_VERTROUWENSPERSOON},
    {"behandelaar", STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR},
    {"company", STAGEMATCH__V1__ROLE__ROLE_COMPANY},
};

struct codes {
    char values[LIST_MAX][SCOPE_BYTES];
    const char *list[LIST_MAX];
    size_t count;
};

static enum err say(const char *what)
{
    fprintf(stderr, "stagematch user: %s\n", what);
    return ERR_USAGE;
}

static enum err split_codes(const char *joined, struct codes *out)
{
    struct text rest = joined ? text_of(joined) : (struct text){NULL, 0}, part;
    out->count = 0;
    while (text_next(&rest, ',', &part)) {
        part = text_trim(part);
        if (out->count == LIST_MAX || !text_is_code(part, SCOPE_BYTES - 1))
            return say("a list of codes is letters, digits, '.', '_' and '-', joined by commas");
        memcpy(out->values[out->count], part.data, part.length);
        out->values[out->count][part.length] = '\0';
        out->list[out->count] = out->values[out->count];
        out->count++;
    }
    return ERR_OK;
}

/* The link works on the service's pages once it runs. It is shown once and kept nowhere. */
static void print_link(const struct settings *settings, const char *code, bool invitation)
{
    printf("%s/%s#%s\n", settings_string(settings, "public_url"), invitation ? "invitation" : "reset", code);
    fprintf(stderr, "This link works once, for %s. Hand it over yourself: it is not sent.\n",
            invitation ? "7 days" : "an hour");
}

static enum err add(struct vault_offline *vault, const struct settings *settings, struct buf *complaint)
{
    static struct codes scope, schools;
    const char *role = settings_string(settings, "role"), *name = settings_string(settings, "name");
    char id[OFFLINE_ID_BYTES], code[OFFLINE_CODE_BYTES];
    if (!role)
        return say("--role is required: what may the account do?");
    enum err e = split_codes(settings_string(settings, "scope"), &scope);
    if (e == ERR_OK)
        e = split_codes(settings_string(settings, "schools"), &schools);
    if (e != ERR_OK)
        return e;
    struct offline_account account = {
        .email = settings_string(settings, "email"),
        .name = name ? name : "",
        .scope = scope.list,
        .scope_count = scope.count,
        .managed_by = schools.list,
        .managed_by_count = schools.count,
    };
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(roles[i].name, role) == 0)
            account.role = roles[i].role;
    e = vault_offline_add_account(vault, &account, id, code, complaint);
    if (e == ERR_OK)
        print_link(settings, code, true);
    sodium_memzero(code, sizeof code);
    return e;
}

static enum err reset(struct vault_offline *vault, const struct settings *settings, struct buf *complaint)
{
    char code[OFFLINE_CODE_BYTES];
    bool invitation;
    enum err e = vault_offline_reset(vault, settings_string(settings, "email"), code, &invitation);
    if (e == ERR_OK)
        print_link(settings, code, invitation);
    else if (e == ERR_MISSING)
        buf_put_string(complaint, "no account that works has this address");
    sodium_memzero(code, sizeof code);
    return e;
}

static enum err disable(struct vault_offline *vault, const struct settings *settings, struct buf *complaint)
{
    enum err e = vault_offline_disable(vault, settings_string(settings, "email"));
    if (e == ERR_MISSING)
        buf_put_string(complaint, "no account has this address");
    return e;
}

static enum err print_account(void *context, const struct offline_listing *account)
{
    (void)context;
    printf("%s\t%s\t%s\t%s\t", account->id, account->role, account->state, account->email);
    for (size_t i = 0; i < account->scope_count; i++)
        printf("%s%s", i ? "," : "", account->scope[i]);
    putchar('\n');
    return ERR_OK;
}

static enum err list(struct vault_offline *vault, const struct settings *settings, struct buf *complaint)
{
    (void)settings;
    (void)complaint;
    return vault_offline_list(vault, print_account, NULL);
}

static const struct {
    const char *name;
    bool needs_email;
    enum err (*run)(struct vault_offline *vault, const struct settings *settings, struct buf *complaint);
} actions[] = {{"add", true, add}, {"list", false, list}, {"disable", true, disable}, {"reset", true, reset}};
enum { ACTION_COUNT = sizeof actions / sizeof actions[0] };

/* What this makes must be the vault's, which may be another user than who runs the command. */
static enum err become_vault(const struct settings *settings)
{
    const char *user = settings_string(settings, "user_vault");
    const struct passwd *entry = user && geteuid() == 0 ? getpwnam(user) : NULL;
    if (!entry || entry->pw_uid == 0)
        return ERR_OK;
    if (setegid(entry->pw_gid) != 0 || seteuid(entry->pw_uid) != 0)
        return say("cannot become the vault's user");
    return ERR_OK;
}

static enum err make_folder(const struct settings *settings, char folder[PATH_BYTES])
{
    const char *data_dir = settings_string(settings, "data_dir");
    const char *user = settings_string(settings, "user_vault");
    const struct passwd *entry = user && geteuid() == 0 ? getpwnam(user) : NULL;
    int length = snprintf(folder, PATH_BYTES, "%s/vault", data_dir);
    if (length < 0 || length >= PATH_BYTES)
        return say("data_dir is too long");
    bool made = mkdir(data_dir, 0755) == 0 || errno == EEXIST;
    bool fresh = made && mkdir(folder, 0700) == 0;
    if (!made || (!fresh && errno != EEXIST) ||
        (fresh && entry && chown(folder, entry->pw_uid, entry->pw_gid) != 0)) {
        fprintf(stderr, "stagematch user: %s cannot be made: %s\n", folder, strerror(errno));
        return err_from_errno(errno);
    }
    return ERR_OK;
}

static enum err open_vault(const struct settings *settings, struct vault_offline **out, struct buf *complaint)
{
    uint8_t key[MASTER_KEY_BYTES];
    char folder[PATH_BYTES];
    enum err e = master_key_read(settings_string(settings, "master_key"), key, complaint);
    if (e == ERR_OK)
        e = make_folder(settings, folder);
    if (e == ERR_OK)
        e = become_vault(settings);
    if (e == ERR_OK)
        e = vault_offline_open(folder, key, out, complaint);
    sodium_memzero(key, sizeof key);
    return e;
}

static int run(const struct invocation *invocation)
{
    const struct settings *settings = invocation->settings;
    struct vault_offline *vault;
    struct buf complaint;
    size_t at = 0;
    while (at < ACTION_COUNT && strcmp(invocation->operands[0], actions[at].name) != 0)
        at++;
    if (at == ACTION_COUNT)
        return exit_status(say("what to do is one of: add list disable reset"));
    if (actions[at].needs_email && !settings_string(settings, "email"))
        return exit_status(say("--email is required: whose account is it?"));
    buf_init(&complaint, COMPLAINT_BYTES);
    enum err e = open_vault(settings, &vault, &complaint);
    if (e == ERR_OK) {
        e = actions[at].run(vault, settings, &complaint);
        vault_offline_close(vault);
    }
    if (e != ERR_OK && e != ERR_USAGE)
        fprintf(stderr, "stagematch user: %.*s\n", (int)(complaint.length ? complaint.length : strlen(err_text(e))),
                complaint.length ? complaint.data : err_text(e));
    buf_free(&complaint);
    return exit_status(e);
}

const struct command command_user = {
    .name = "user",
    .usage = "add|list|disable|reset [--config FILE] [--email ADDRESS] [--role ROLE] [--scope CODES]",
    .summary = "Make and end accounts while the service is stopped: the first operator, or a lost password",
    .details =
        "add      makes an account and prints its invitation, a link that works once\n"
        "list     prints id, role, state, address and scope of every account but students'\n"
        "disable  ends an account, its sessions and its tokens\n"
        "reset    prints a link for a new password\n\n"
        "While the service runs, accounts are made through the API (AccountService); this command then says so and\n"
        "changes nothing.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .min_operands = 1,
    .max_operands = 1,
    .reads_config = true,
    .run = run,
};
