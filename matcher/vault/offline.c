#include "vault/offline.h"

#include "api/message.h"
#include "base/mem.h"
#include "base/random.h"
#include "vault/accounts.h"
#include "vault/audit.h"
#include "vault/key_check.h"
#include "vault/password.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCK_WAIT_MS = 200 };

_Static_assert((int)MASTER_KEY_BYTES == (int)KEY_BYTES, "the master key");
_Static_assert((int)OFFLINE_ID_BYTES == (int)ID_HEX_BYTES && (int)OFFLINE_CODE_BYTES == (int)TOKEN_HEX_BYTES,
               "ids and codes");

/* A vault without a loop of its own, channels, or helpers: enough for accounts. */
struct vault_offline {
    struct role_environment environment;
    struct vault vault;
    bool done;
    enum err result;
};

static void reload(void *context)
{
    (void)context; /* a failed commit ends the command */
}

enum err master_key_read(const char *path, uint8_t out[MASTER_KEY_BYTES], struct buf *complaint)
{
    uint8_t key[MASTER_KEY_BYTES + 1];
    struct stat status;
    enum err e = ERR_INPUT;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        buf_printf(complaint, "%s: the master key cannot be read: %s", path, strerror(errno));
        return err_from_errno(errno);
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        buf_printf(complaint, "%s: not a file", path);
    else if (status.st_mode & (S_IRWXG | S_IRWXO))
        buf_printf(complaint, "%s: others than its owner may read the master key; chmod 600", path);
    else if (read(fd, key, sizeof key) != MASTER_KEY_BYTES)
        buf_printf(complaint, "%s: a master key has exactly %d bytes", path, MASTER_KEY_BYTES);
    else
        e = ERR_OK;
    close(fd);
    if (e == ERR_OK)
        memcpy(out, key, MASTER_KEY_BYTES);
    sodium_memzero(key, sizeof key);
    return e;
}

static enum err open_image(struct vault_offline *offline, const char *folder, struct buf *complaint)
{
    struct vault *vault = &offline->vault;
    struct image_options options = {.folder = folder, .lock_wait_ms = LOCK_WAIT_MS, .reload = reload};
    enum err e = image_open(&options, offline->environment.base, &vault->image, complaint);
    if (e == ERR_EXISTS) {
        buf_clear(complaint);
        buf_printf(complaint, "%s: a running service has this database; stop it first, or use the API", folder);
    }
    if (e == ERR_OK)
        e = key_check(vault->image, vault->keys, complaint);
    if (e == ERR_OK)
        e = accounts_new(&vault->accounts);
    return e == ERR_OK ? accounts_load(vault->accounts, vault->image) : e;
}

enum err vault_offline_open(const char *folder, const uint8_t master_key[MASTER_KEY_BYTES],
                            struct vault_offline **out, struct buf *complaint)
{
    struct vault_offline *offline;
    enum err e = mem_alloc(1, sizeof *offline, &offline);
    if (e != ERR_OK)
        return e;
    offline->environment.clock = clock_system();
    offline->vault.environment = &offline->environment;
    e = random_system(&offline->environment.random);
    if (e == ERR_OK) {
        offline->environment.base = event_base_new();
        e = offline->environment.base ? ERR_OK : ERR_MEMORY;
    }
    if (e == ERR_OK)
        e = keys_new(master_key, &offline->environment.random, &offline->vault.keys);
    if (e == ERR_OK)
        e = open_image(offline, folder, complaint);
    if (e != ERR_OK) {
        vault_offline_close(offline);
        return e;
    }
    *out = offline;
    return ERR_OK;
}

void vault_offline_close(struct vault_offline *offline)
{
    if (!offline)
        return;
    image_close(offline->vault.image);
    accounts_free(offline->vault.accounts);
    keys_free(offline->vault.keys);
    if (offline->environment.base)
        event_base_free(offline->environment.base);
    mem_free(offline);
}

static void committed(void *context, enum err result)
{
    struct vault_offline *offline = context;
    offline->done = true;
    offline->result = result;
    (void)event_base_loopbreak(offline->environment.base);
}

/* Commits and waits. */
static enum err commit(struct vault_offline *offline, struct edit *edit)
{
    offline->done = false;
    enum err e = edit_commit(edit, committed, offline);
    while (e == ERR_OK && !offline->done)
        if (event_base_loop(offline->environment.base, EVLOOP_ONCE) < 0)
            e = ERR_INTERNAL;
    return e == ERR_OK ? offline->result : e;
}

static const char *wrong_value(const struct offline_account *account)
{
    bool needs_scope = account->role != STAGEMATCH__V1__ROLE__ROLE_OPERATOR;
    if (!account_email_fits(account->email))
        return "this is not an e-mail address that can be used";
    if (!account_name_fits(account->name))
        return "this name is too long or has characters that a name does not have";
    if (account->role == STAGEMATCH__V1__ROLE__ROLE_STUDENT ||
        account->role == STAGEMATCH__V1__ROLE__ROLE_UNSPECIFIED)
        return "this role has no accounts of its own; students are invited by their school";
    if (needs_scope != (account->scope_count > 0) || account->scope_count > SCOPES_MAX)
        return needs_scope ? "this role needs a scope: schools (brin), or leerbedrijven for a company"
                           : "an operator has no scope";
    for (size_t i = 0; i < account->scope_count; i++)
        if (!text_is_code(text_of(account->scope[i]), SCOPE_BYTES_MAX))
            return "a scope is a code of letters, digits, '.', '_' and '-'";
    if (account->password && password_check(account->password, account->email))
        return "this password is too short, too long or too easy to guess; 12 to 200 characters";
    return NULL;
}

static enum err set_password(AccountRow *row, const char *password)
{
    char hash[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return ERR_MEMORY;
    enum err e = message_assign_string(&row->password_hash, text_of(hash));
    /* Who sets a contact's password here has checked it, for every school that manages it. */
    for (size_t i = 0; row->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY && i < row->n_managed_by && e == ERR_OK; i++)
        e = account_check(row, row->managed_by[i]);
    return e;
}

/* Finishes an account that account_make wrote: a password, or a code. */
static enum err complete(struct vault_offline *offline, struct edit *edit, const struct offline_account *account,
                         const uint8_t id[ID_BYTES], char code[OFFLINE_CODE_BYTES])
{
    AccountRow *row;
    enum err e = account_read(edit, bytes_of(id, ID_BYTES), &row);
    if (e != ERR_OK)
        return e;
    if (account->password) {
        e = set_password(row, account->password);
        account_write(&offline->vault, edit, id, row);
    } else {
        account_draw_code(&offline->vault, edit, id, row, STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_INVITATION,
                          code);
    }
    audit_account(&offline->vault, edit, "account_added_offline", id, NULL, row->role);
    message_free(row);
    return e;
}

enum err vault_offline_add_account(struct vault_offline *offline, const struct offline_account *account,
                                   char id[OFFLINE_ID_BYTES], char code[OFFLINE_CODE_BYTES], struct buf *complaint)
{
    const char *wrong = wrong_value(account);
    bool company = account->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY;
    uint8_t raw[ID_BYTES];
    struct edit edit;
    if (wrong) {
        buf_put_string(complaint, wrong);
        return ERR_INPUT;
    }
    struct account_plan plan = {
        .role = account->role,
        .email = account->email,
        .name = account->name,
        .scope = account->scope,
        .scope_count = account->scope_count,
        .managed_by = company ? account->managed_by : account->scope,
        .managed_count = company ? account->managed_by_count : account->scope_count,
    };
    edit_begin(&edit, offline->vault.image);
    enum err e = account_make(&offline->vault, &edit, &plan, NULL, raw);
    if (e == ERR_OK)
        e = complete(offline, &edit, account, raw, code);
    if (e == ERR_OK)
        e = commit(offline, &edit);
    else
        edit_abort(&edit);
    if (e == ERR_EXISTS)
        buf_put_string(complaint, "this address has an account that is in use");
    if (e == ERR_OK)
        id_format(raw, id);
    return e;
}

enum err vault_offline_reset(struct vault_offline *offline, const char *email, char code[OFFLINE_CODE_BYTES],
                             bool *invitation)
{
    uint8_t id[ID_BYTES];
    AccountRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, offline->vault.image);
    enum err e = account_find(&offline->vault, &edit, email, id, &row);
    if (e == ERR_OK && row->disabled)
        e = ERR_MISSING;
    if (e == ERR_OK) {
        bool first = !row->password_hash[0];
        account_draw_code(&offline->vault, &edit, id, row,
                          first ? STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_INVITATION
                                : STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_RESET,
                          code);
        audit_account(&offline->vault, &edit, "account_reset_offline", id, NULL, row->role);
        e = commit(offline, &edit);
        if (e == ERR_OK)
            *invitation = first;
    } else {
        edit_abort(&edit);
    }
    message_free(row);
    return e;
}

enum err vault_offline_disable(struct vault_offline *offline, const char *email)
{
    uint8_t id[ID_BYTES];
    AccountRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, offline->vault.image);
    enum err e = account_find(&offline->vault, &edit, email, id, &row);
    if (e == ERR_OK) {
        account_disable(&offline->vault, &edit, id, row);
        audit_account(&offline->vault, &edit, "account_disabled", id, NULL, row->role);
        e = commit(offline, &edit);
    } else {
        edit_abort(&edit);
    }
    message_free(row);
    return e;
}

struct listing {
    struct vault_offline *offline;
    enum err (*visit)(void *context, const struct offline_listing *account);
    void *context;
};

static const char *state_name(Stagematch__V1__AccountState state)
{
    static const char *const names[] = {"?", "invited", "unverified", "active", "disabled"};
    return (unsigned)state < sizeof names / sizeof names[0] ? names[state] : names[0];
}

static const char *role_name_of(unsigned role)
{
    static const char *const names[] = {"?",           "coordinator", "company", "vertrouwenspersoon",
                                        "behandelaar", "student",     "operator"};
    return role < sizeof names / sizeof names[0] ? names[role] : names[0];
}

static enum err list_row(void *context, struct text key, struct text value)
{
    const struct listing *listing = context;
    Stagematch__Internal__V1__AccountContact *contact = NULL;
    char id[ID_HEX_BYTES];
    AccountRow *row;
    struct edit edit;
    if (key.length != ID_BYTES)
        return ERR_MISMATCH;
    enum err e = message_unpack(&stagematch__internal__v1__account_row__descriptor, value, &row);
    if (e != ERR_OK || row->role == STAGEMATCH__V1__ROLE__ROLE_STUDENT) {
        if (e == ERR_OK)
            message_free(row);
        return e;
    }
    edit_begin(&edit, listing->offline->vault.image);
    e = account_open_contact(&listing->offline->vault, &edit, (const uint8_t *)key.data, row, &contact);
    edit_abort(&edit);
    if (e == ERR_OK) {
        id_format((const uint8_t *)key.data, id);
        struct offline_listing account = {.id = id,
                                          .email = contact->email,
                                          .name = contact->name,
                                          .role = role_name_of(row->role),
                                          .state = state_name(account_state(row)),
                                          .scope = (const char *const *)row->scope,
                                          .scope_count = row->n_scope};
        e = listing->visit(listing->context, &account);
    }
    message_free_wiped(contact);
    message_free(row);
    return e;
}

enum err vault_offline_list(struct vault_offline *offline,
                            enum err (*visit)(void *context, const struct offline_listing *account), void *context)
{
    struct listing listing = {offline, visit, context};
    return image_load(offline->vault.image, TABLE_ACCOUNT, list_row, &listing);
}
