#include "serve/demo_seed.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "serve/demo_case.h"
#include "serve/demo_client.h"
#include "serve/demo_report.h"
#include "serve/demo_signal.h"
#include "serve/demo_term.h"
#include "vault/offline.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PATH_BYTES = 4096, WAIT_ROUNDS = 600, FILE_BYTES_MAX = 32 << 20, STUDENTS_TRIED = 50 };

#define SCHOOL "99AA"
#define COMPANY "990001991"

static const char *const schools[] = {"99AA", "99AB", "99AC", "99AD"};
static const char *const one_school[] = {SCHOOL};
static const char *const one_company[] = {COMPANY};

static const struct demo_account {
    const char *word, *email, *name;
    Stagematch__V1__Role role;
    const char *const *scope;
    size_t scope_count;
} accounts[] = {
    {"operator", "operator@demo.example", "Beheer", STAGEMATCH__V1__ROLE__ROLE_OPERATOR, NULL, 0},
    {"coordinator", "coordinator@demo.example", "Stagebureau", STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, schools, 4},
    {"company", "company@demo.example", "Praktijkopleider", STAGEMATCH__V1__ROLE__ROLE_COMPANY, one_company, 1},
    {"vertrouwenspersoon", "vertrouwenspersoon@demo.example", "Vertrouwenspersoon",
     STAGEMATCH__V1__ROLE__ROLE_VERTROUWENSPERSOON, one_school, 1},
    {"behandelaar", "behandelaar@demo.example", "Behandelaar", STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR, one_school, 1},
    {"behandelaar 2", "behandelaar-2@demo.example", "Tweede behandelaar", STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR,
     one_school, 1},
};
enum { ACCOUNT_COUNT = sizeof accounts / sizeof accounts[0] };

enum err demo_seed_accounts(const char *vault_folder, const uint8_t master_key[32],
                            char password[DEMO_PASSWORD_BYTES])
{
    struct vault_offline *vault;
    struct buf complaint;
    uint8_t drawn[8];
    buf_init(&complaint, 4096);
    randombytes_buf(drawn, sizeof drawn);
    char digits[2 * sizeof drawn + 1];
    sodium_bin2hex(digits, sizeof digits, drawn, sizeof drawn);
    snprintf(password, DEMO_PASSWORD_BYTES, "demo-%s", digits);
    enum err e = vault_offline_open(vault_folder, master_key, &vault, &complaint);
    if (e == ERR_OK) {
        for (size_t i = 0; i < ACCOUNT_COUNT && e == ERR_OK; i++) {
            const struct demo_account *account = &accounts[i];
            bool is_company = account->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY;
            char id[OFFLINE_ID_BYTES], code[OFFLINE_CODE_BYTES];
            struct offline_account wanted = {account->email,       account->name,
                                             account->role,        account->scope,
                                             account->scope_count, is_company ? schools : NULL,
                                             is_company ? 4 : 0,   password};
            e = vault_offline_add_account(vault, &wanted, id, code, &complaint);
        }
        vault_offline_close(vault);
    }
    if (e != ERR_OK)
        fprintf(stderr, "stagematch demo: %.*s (%s)\n", (int)complaint.length, complaint.length ? complaint.data : "",
                err_text(e));
    buf_free(&complaint);
    return e;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* The first line of the file that the service writes when it listens. */
static enum err wait_for_address(const struct demo_place *place, char out[128])
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/address", place->folder);
    for (int i = 0; i < WAIT_ROUNDS; i++) {
        FILE *file = fopen(path, "r");
        bool got = file && fgets(out, 128, file) && strchr(out, '\n');
        if (file)
            fclose(file);
        if (got) {
            out[strcspn(out, "\r\n")] = '\0';
            return ERR_OK;
        }
        pause_ms(50);
    }
    return ERR_IO;
}

static enum err wait_until_ready(struct demo_client *client)
{
    for (int i = 0; i < WAIT_ROUNDS; i++) {
        if (demo_client_is_ok(client, "/readyz"))
            return ERR_OK;
        pause_ms(50);
    }
    fputs("stagematch demo: the service did not become ready\n", stderr);
    return ERR_IO;
}

static enum err log_in(struct demo_client *client, const char *email, const char *password, char token[256])
{
    json_t *answer;
    enum err e = demo_client_call(client, "AuthService/Login", NULL,
                                  json_pack("{s:s,s:s}", "email", email, "password", password), &answer);
    if (e != ERR_OK)
        return e;
    const char *given = json_string_value(json_object_get(answer, "token"));
    if (given && strlen(given) < 256)
        strncpy(token, given, 256);
    else
        e = ERR_MISMATCH;
    json_decref(answer);
    return e;
}

/* Sends a file of config/demo through an import method. */
static enum err import_file(struct demo_client *client, const struct demo_place *place, const char *token,
                            const char *name, const char *method, json_t *request)
{
    char path[PATH_BYTES], *encoded = NULL;
    struct buf bytes;
    json_t *answer = NULL;
    buf_init(&bytes, FILE_BYTES_MAX);
    snprintf(path, sizeof path, "%s/demo/%s", place->config_folder, name);
    enum err e = file_read_all(path, &bytes);
    size_t length = sodium_base64_ENCODED_LEN(bytes.length, sodium_base64_VARIANT_ORIGINAL);
    if (e == ERR_OK)
        e = mem_alloc(length, 1, &encoded);
    if (e == ERR_OK) {
        sodium_bin2base64(encoded, length, (const unsigned char *)bytes.data, bytes.length,
                          sodium_base64_VARIANT_ORIGINAL);
        json_object_set_new(request, "csv", json_string(encoded));
        e = demo_client_change(client, method, token, json_incref(request), &answer);
    } else {
        fprintf(stderr, "stagematch demo: %s: %s\n", path, err_text(e));
    }
    json_decref(answer);
    json_decref(request);
    mem_free(encoded);
    buf_free(&bytes);
    return e;
}

/* How many places fit a stagevraag. */
static int64_t offers_of(struct demo_client *client, const char *token, const char *stagevraag_id)
{
    json_t *answer;
    if (demo_client_call(client, "StudentService/ListOffers", token,
                         json_pack("{s:s,s:i}", "stagevraagId", stagevraag_id, "pageSize", 1), &answer) != ERR_OK)
        return 0;
    int64_t count = json_integer_value(json_object_get(answer, "totalCount"));
    json_decref(answer);
    return count;
}

/* A stagevraag of SCHOOL with the most places that fit, of the first that are listed. */
static enum err choose_student(struct demo_client *client, const char *token, char chosen[OFFLINE_ID_BYTES])
{
    json_t *answer, *one;
    size_t index;
    int64_t most = 0, tried = 0;
    enum err e = demo_client_call(client, "StudentService/ListStagevragen", token,
                                  json_pack("{s:i}", "pageSize", 1000), &answer);
    if (e != ERR_OK)
        return e;
    json_array_foreach(json_object_get(answer, "stagevragen"), index, one)
    {
        const char *school = json_string_value(json_object_get(one, "school"));
        const char *id = json_string_value(json_object_get(one, "stagevraagId"));
        if (!school || !id || strcmp(school, SCHOOL) != 0 || tried++ >= STUDENTS_TRIED)
            continue;
        int64_t count = offers_of(client, token, id);
        if (count > most) {
            most = count;
            snprintf(chosen, OFFLINE_ID_BYTES, "%s", id);
        }
    }
    json_decref(answer);
    return most ? ERR_OK : ERR_MISSING;
}

/* The code in a message of the notify command that has one: what follows '#'. */
static bool find_code(const char *path, char code[128])
{
    struct buf text;
    bool found = false;
    buf_init(&text, 1 << 20);
    if (file_read_all(path, &text) == ERR_OK) {
        buf_put_char(&text, '\0');
        const char *at = buf_error(&text) == ERR_OK ? strchr(text.data, '#') : NULL;
        const char *equals = at ? strchr(at, '=') : NULL;
        size_t line = at ? strcspn(at, "\r\n >") : 0;
        if (equals && equals < at + line)
            line -= (size_t)(equals - at), at = equals;
        if (line > 20 && line < 128) {
            snprintf(code, 128, "%.*s", (int)line - 1, at + 1);
            found = true;
        }
    }
    buf_free(&text);
    return found;
}

static bool find_code_in(const char *folder, char code[128])
{
    DIR *open_folder = opendir(folder);
    bool found = false;
    const struct dirent *entry;
    while (open_folder && !found && (entry = readdir(open_folder))) {
        char path[PATH_BYTES];
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        found = entry->d_name[0] != '.' && length < PATH_BYTES && find_code(path, code);
    }
    if (open_folder)
        closedir(open_folder);
    return found;
}

/* The student's address, for the login that is printed: from the vault, read by the coördinator. */
static enum err read_email(struct demo_client *client, const char *token, const char *stagevraag_id, char out[256])
{
    json_t *answer;
    enum err e = demo_client_call(client, "IdentityService/GetIdentities", token,
                                  json_pack("{s:[s]}", "stagevraagIds", stagevraag_id), &answer);
    if (e != ERR_OK)
        return e;
    const json_t *student = json_array_get(json_object_get(answer, "students"), 0);
    const char *email = json_string_value(json_object_get(json_object_get(student, "identity"), "email"));
    snprintf(out, 256, "%s", email ? email : "");
    json_decref(answer);
    return email ? ERR_OK : ERR_MISSING;
}

/* Invites one student and sets the password with the code of the message, as the student would. */
static enum err make_student(struct demo_client *client, const struct demo_place *place, const char *token,
                             const char *password, char email[256])
{
    char id[OFFLINE_ID_BYTES], folder[PATH_BYTES], code[128];
    json_t *answer = NULL;
    enum err e = choose_student(client, token, id);
    if (e == ERR_OK)
        e = read_email(client, token, id, email);
    if (e == ERR_OK)
        e = demo_client_change(client, "AccountService/InviteStudent", token, json_pack("{s:s}", "stagevraagId", id),
                               &answer);
    if (e != ERR_OK)
        return e;
    json_decref(answer);
    snprintf(folder, sizeof folder, "%s/mail", place->folder);
    bool found = false;
    for (int i = 0; i < WAIT_ROUNDS && !(found = find_code_in(folder, code)); i++)
        pause_ms(50);
    if (!found) {
        fputs("stagematch demo: no invitation was sent\n", stderr);
        return ERR_MISSING;
    }
    e = demo_client_call(client, "AuthService/AcceptInvitation", NULL,
                         json_pack("{s:s,s:s}", "code", code, "password", password), &answer);
    if (e == ERR_OK)
        json_decref(answer);
    return e;
}

static void print_demo(const struct demo_place *place, const char *address, const char *password,
                       const char *student_email)
{
    char url[PATH_BYTES], curl[PATH_BYTES + 32] = "curl";
    snprintf(url, sizeof url, "%s%s", place->certificate ? "https://" : "http://", address);
    if (place->certificate)
        snprintf(curl, sizeof curl, "curl --cacert %s", place->certificate);
    printf("\nStagematch runs with made-up students, placements and companies. Nothing leaves this machine.\n\n"
           "address:  %s\npassword: %s\n\nlogins, all with that password:\n",
           url, password);
    for (size_t i = 0; i < ACCOUNT_COUNT; i++)
        printf("  %-20s %s\n", accounts[i].word, accounts[i].email);
    printf("  %-20s %s\n", "student", student_email);
    printf("\ntry:\n"
           "%s%s%s"
           "  %s %s/readyz\n"
           "  %s -X POST -H 'Content-Type: application/json' %s/stagematch.v1.AuthService/Login \\\n"
           "    -d '{\"email\":\"coordinator@demo.example\",\"password\":\"%s\"}'\n"
           "  (the answer's token goes into -H 'Authorization: Bearer TOKEN')\n"
           "  %s -X POST -H 'Content-Type: application/json' -H 'Authorization: Bearer TOKEN' \\\n"
           "    %s/stagematch.v1.StudentService/ListStagevragen -d '{\"pageSize\":2}'\n",
           place->has_web ? "  open " : "", place->has_web ? url : "", place->has_web ? " in a browser\n" : "", curl,
           url, curl, url, password, curl, url);
    puts(place->certificate
             ? "  Ctrl-C ends the demo."
             : "  scripts/walkthrough plays the whole story, request by request. Ctrl-C ends the demo.");
    fflush(stdout);
}

enum err demo_seed_service(const struct demo_place *place, const char *password)
{
    struct demo_client *client = NULL;
    char address[128], token[256], operator_token[256], student_email[256];
    enum err e = wait_for_address(place, address);
    if (e == ERR_OK)
        e = demo_client_new(address, &client);
    if (e == ERR_OK && place->certificate)
        e = demo_client_trust(client, place->certificate);
    if (e == ERR_OK)
        e = wait_until_ready(client);
    if (e == ERR_OK)
        e = log_in(client, "coordinator@demo.example", password, token);
    if (e == ERR_OK)
        e = import_file(client, place, token, "students.csv", "StudentService/ImportStudents", json_object());
    if (e == ERR_OK)
        e = import_file(client, place, token, "placements.csv", "PlacementService/ImportPlacements",
                        json_pack("{s:b}", "publish", 1));
    if (e == ERR_OK)
        e = make_student(client, place, token, password, student_email);
    if (e == ERR_OK)
        e = log_in(client, "operator@demo.example", password, operator_token);
    if (e == ERR_OK)
        e = demo_term_make(client, token, operator_token);
    if (e == ERR_OK)
        e = demo_seed_signals(client, token, SCHOOL);
    if (e == ERR_OK)
        e = log_in(client, "behandelaar@demo.example", password, token);
    if (e == ERR_OK)
        e = demo_seed_cases(client, token, SCHOOL, COMPANY);
    if (e == ERR_OK)
        e = demo_seed_reports(client, SCHOOL, COMPANY);
    if (e == ERR_OK)
        print_demo(place, address, password, student_email);
    demo_client_free(client);
    return e;
}
