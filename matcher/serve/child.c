#include "serve/child.h"

#include "base/mem.h"
#include "ipc/service_options.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef Stagematch__Internal__V1__Control Control;
typedef Stagematch__Internal__V1__Setting Setting;

enum { EXEC_FAILED = 71 };

/* Between fork and exec: only calls that are safe there. */
static void become_role(enum role_name role, char *index, int control_fd)
{
    static char program[] = "stagematch", command[] = "role";
    char *const arguments[] = {program, command, (char *)(uintptr_t)role_text(role), index, NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    bool placed = control_fd == CONTROL_FD ? fcntl(CONTROL_FD, F_SETFD, 0) == 0 : dup2(control_fd, CONTROL_FD) >= 0;
    if (placed && close_range(CONTROL_FD + 1, ~0u, 0) == 0)
        execv("/proc/self/exe", arguments);
    _exit(EXEC_FAILED);
}

enum err child_start(enum role_name role, unsigned index, struct child *out)
{
    int fds[2];
    char digits[12];
    snprintf(digits, sizeof digits, "%u", index);
    enum err e = control_pair(fds);
    if (e != ERR_OK)
        return e;
    pid_t pid = fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0 ? fork() : -1;
    if (pid == 0)
        become_role(role, role == ROLE_FRONT ? digits : NULL, fds[1]);
    int number = errno;
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        return err_from_errno(number);
    }
    *out = (struct child){pid, fds[0]};
    return ERR_OK;
}

/* A command may have options of its own beside the service's; a role does not know them. */
static bool is_of_service(const char *name)
{
    for (size_t i = 0; i < service_option_count; i++)
        if (strcmp(service_options[i].name, name) == 0)
            return true;
    return false;
}

/* The service's settings that have a value, as messages; `storage` and `list` have room for each. */
static size_t list_settings(const struct settings *settings, Setting *storage, Setting **list)
{
    size_t count = 0;
    for (size_t i = 0; i < settings->count; i++) {
        const struct option_value *value = &settings->values[i];
        if (!value->set || !value->string || !is_of_service(settings->options[i].name))
            continue;
        storage[count] = (Setting)STAGEMATCH__INTERNAL__V1__SETTING__INIT;
        storage[count].name = (char *)(uintptr_t)settings->options[i].name;
        storage[count].value = (char *)(uintptr_t)value->string;
        list[count] = &storage[count];
        count++;
    }
    return count;
}

static enum err send_setup(const struct child *child, enum role_name role, const struct settings *settings,
                           const struct preparation *preparation)
{
    Control message = STAGEMATCH__INTERNAL__V1__CONTROL__INIT;
    const int fds[] = {preparation->listen_fd, preparation->metrics_fd, preparation->numbers_fd,
                       preparation->redirect_fd};
    size_t fd_count = sizeof fds / sizeof fds[0] - (preparation->redirect_fd < 0); /* the last may be absent */
    Setting *storage, **list;
    enum err e = mem_alloc(settings->count, sizeof *storage, &storage);
    if (e != ERR_OK)
        return e;
    e = mem_alloc(settings->count, sizeof(Setting *), &list); // NOLINT(bugprone-sizeof-expression): pointers
    if (e == ERR_OK) {
        message.kind = STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_SETUP;
        message.n_settings = list_settings(settings, storage, list);
        message.settings = list;
        if (preparation->folders[role])
            message.folder = preparation->folders[role];
        e = control_send(child->control_fd, &message, fds, role == ROLE_FRONT ? fd_count : 0);
        mem_free(list);
    }
    mem_free(storage);
    return e;
}

static void put_certificate(Control *message, const struct certificate *certificate)
{
    if (!certificate->bytes)
        return;
    message->tls_certificate = (ProtobufCBinaryData){certificate->certificate_length, (uint8_t *)certificate->bytes};
    message->tls_key = (ProtobufCBinaryData){certificate->key_length,
                                             (uint8_t *)certificate->bytes + certificate->certificate_length};
}

enum err child_send_certificate(const struct child *child, const struct certificate *certificate)
{
    Control message = STAGEMATCH__INTERNAL__V1__CONTROL__INIT;
    message.kind = STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_CERTIFICATE;
    put_certificate(&message, certificate);
    return control_send(child->control_fd, &message, NULL, 0);
}

enum err child_hand_over(const struct child *child, enum role_name role, const struct settings *settings,
                         const struct preparation *preparation)
{
    Control message = STAGEMATCH__INTERNAL__V1__CONTROL__INIT;
    enum err e = send_setup(child, role, settings, preparation);
    if (e != ERR_OK)
        return e;
    message.kind = STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_KEYS;
    if (role == ROLE_ENGINE || role == ROLE_VAULT)
        message.assertion_key = (ProtobufCBinaryData){SERVICE_KEY_BYTES, preparation->assertion_key};
    if (role == ROLE_VAULT)
        message.master_key = (ProtobufCBinaryData){SERVICE_KEY_BYTES, preparation->master_key};
    if (role == ROLE_FRONT) {
        put_certificate(&message, &preparation->certificate);
        message.cache_key = (ProtobufCBinaryData){SERVICE_KEY_BYTES, preparation->cache_key};
    }
    return control_send(child->control_fd, &message, NULL, 0);
}

static enum err send_channel(const struct child *child, enum role_name peer, unsigned index, int fd)
{
    Control message = STAGEMATCH__INTERNAL__V1__CONTROL__INIT;
    message.kind = STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_CHANNEL;
    message.peer_role = (char *)(uintptr_t)role_text(peer);
    message.peer_index = peer == ROLE_FRONT ? index : 0;
    return control_send(child->control_fd, &message, &fd, 1);
}

enum err child_join(const struct child *a, enum role_name role_a, const struct child *b, enum role_name role_b,
                    unsigned index)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
        return err_from_errno(errno);
    enum err e = send_channel(a, role_b, index, fds[0]);
    if (e == ERR_OK)
        e = send_channel(b, role_a, index, fds[1]);
    close(fds[0]);
    close(fds[1]);
    return e;
}
