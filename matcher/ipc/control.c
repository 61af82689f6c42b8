#include "ipc/control.h"

#include "wire/pbguard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef Stagematch__Internal__V1__Control Control;

enum { BUDGET_BYTES = 4 * CONTROL_BYTES_MAX };

/* Room for the descriptors, aligned as the kernel's macros want it. */
union fd_space {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int) * CONTROL_FDS_MAX)];
};

enum role_name role_of_text(const char *name)
{
    for (int role = 0; role < ROLE_NAME_COUNT; role++)
        if (strcmp(role_text((enum role_name)role), name) == 0)
            return (enum role_name)role;
    return ROLE_NAME_COUNT;
}

void role_process_name(enum role_name role, unsigned index, char out[ROLE_PROCESS_BYTES])
{
    if (role == ROLE_FRONT)
        snprintf(out, ROLE_PROCESS_BYTES, "%s.%u", role_text(role), index);
    else
        snprintf(out, ROLE_PROCESS_BYTES, "%s", role_text(role));
}

static struct control_packet empty_packet(void)
{
    struct control_packet packet = {.message = NULL};
    for (size_t i = 0; i < CONTROL_FDS_MAX; i++)
        packet.fds[i] = -1;
    return packet;
}

enum err control_pair(int fds[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0 ? ERR_OK : err_from_errno(errno);
}

enum err control_send(int fd, const Control *message, const int *fds, size_t count)
{
    uint8_t bytes[CONTROL_BYTES_MAX];
    union fd_space space = {.bytes = {0}};
    size_t length = stagematch__internal__v1__control__get_packed_size(message);
    if (length > sizeof bytes || count > CONTROL_FDS_MAX)
        return ERR_RANGE;
    stagematch__internal__v1__control__pack(message, bytes);
    struct iovec piece = {bytes, length};
    struct msghdr head = {.msg_iov = &piece, .msg_iovlen = 1};
    if (count) {
        head.msg_control = space.bytes;
        head.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        space.head = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int) * count), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&space.head), fds, sizeof(int) * count);
    }
    ssize_t sent;
    do
        sent = sendmsg(fd, &head, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    explicit_bzero(bytes, length);
    return sent == (ssize_t)length ? ERR_OK : ERR_IO;
}

enum err control_send_kind(int fd, Stagematch__Internal__V1__Control__Kind kind)
{
    Control message = STAGEMATCH__INTERNAL__V1__CONTROL__INIT;
    message.kind = kind;
    return control_send(fd, &message, NULL, 0);
}

/* Keeps the descriptors that came along; false where there are more than a packet may have. */
static bool keep_fds(struct msghdr *head, int fds[CONTROL_FDS_MAX])
{
    size_t kept = 0;
    for (struct cmsghdr *at = CMSG_FIRSTHDR(head); at; at = CMSG_NXTHDR(head, at)) {
        if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(at) + i * sizeof fd, sizeof fd);
            if (kept < CONTROL_FDS_MAX)
                fds[kept++] = fd;
            else
                close(fd);
        }
    }
    return !(head->msg_flags & MSG_CTRUNC);
}

static enum err unpack(const uint8_t *bytes, size_t length, Control **out)
{
    struct pbguard_message message;
    struct text text = {(const char *)bytes, length};
    enum err e = pbguard_unpack(&stagematch__internal__v1__control__descriptor, text, &pbguard_limits_internal,
                                BUDGET_BYTES, true, &message, NULL);
    if (e != ERR_OK)
        return e == ERR_MEMORY ? e : ERR_INPUT;
    *out = (Control *)message.message;
    return ERR_OK;
}

enum err control_receive(int fd, struct control_packet *out)
{
    uint8_t bytes[CONTROL_BYTES_MAX];
    union fd_space space;
    struct control_packet packet = empty_packet();
    struct iovec piece = {bytes, sizeof bytes};
    struct msghdr head = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = space.bytes, .msg_controllen = sizeof space.bytes};
    ssize_t length;
    do
        length = recvmsg(fd, &head, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        *out = packet;
        return ERR_OK;
    }
    if (length <= 0)
        return ERR_MISSING;
    bool whole = keep_fds(&head, packet.fds) && !(head.msg_flags & MSG_TRUNC);
    enum err e = whole ? unpack(bytes, (size_t)length, &packet.message) : ERR_INPUT;
    explicit_bzero(bytes, (size_t)length);
    if (e == ERR_OK)
        *out = packet;
    else
        control_packet_free(&packet);
    return e;
}

void control_packet_free(struct control_packet *packet)
{
    struct pbguard_message message = {.message = packet->message ? &packet->message->base : NULL, .wiped = true};
    pbguard_free(&message);
    for (size_t i = 0; i < CONTROL_FDS_MAX; i++)
        if (packet->fds[i] >= 0)
            close(packet->fds[i]);
    *packet = empty_packet();
}
