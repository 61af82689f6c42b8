#include "ipc/control.h"

#include "support/support.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef Stagematch__Internal__V1__Control Control;
typedef Stagematch__Internal__V1__Setting Setting;

static int pair[2];

static void open_pair(void)
{
    ck_assert_int_eq(control_pair(pair), ERR_OK);
    ck_assert_int_eq(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
}

static void close_pair(void)
{
    close(pair[0]);
    close(pair[1]);
}

static int count_open(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}

START_TEST(a_message_and_its_descriptors_arrive_together)
{
    Control message = STAGEMATCH__INTERNAL__V1__CONTROL__INIT;
    Setting setting = STAGEMATCH__INTERNAL__V1__SETTING__INIT;
    Setting *settings[] = {&setting};
    static char name[] = "listen", value[] = "127.0.0.1:0";
    struct control_packet packet;
    int pipes[2];
    char byte = 0;
    open_pair();
    ck_assert_int_eq(pipe(pipes), 0);
    setting.name = name;
    setting.value = value;
    message.kind = STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_SETUP;
    message.n_settings = 1;
    message.settings = settings;
    ck_assert_int_eq(control_send(pair[0], &message, pipes, 2), ERR_OK);
    ck_assert_int_eq(control_send_kind(pair[0], STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_STOP), ERR_OK);
    ck_assert_int_eq(control_receive(pair[1], &packet), ERR_OK);
    ck_assert_str_eq(packet.message->settings[0]->value, "127.0.0.1:0");
    ck_assert_int_eq(fcntl(packet.fds[0], F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(write(packet.fds[1], "x", 1), 1);
    ck_assert_int_eq(read(pipes[0], &byte, 1), 1);
    ck_assert_int_eq(byte, 'x');
    control_packet_free(&packet);
    ck_assert_int_eq(control_receive(pair[1], &packet), ERR_OK);
    ck_assert_int_eq(packet.message->kind, STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_STOP);
    ck_assert_int_eq(packet.fds[0], -1);
    control_packet_free(&packet);
    ck_assert_int_eq(control_receive(pair[1], &packet), ERR_OK);
    ck_assert_ptr_null(packet.message);
    close(pipes[0]);
    close(pipes[1]);
    close_pair();
}
END_TEST

/* Sends bytes with `count` descriptors, as control_send would not. */
static void send_raw(const void *bytes, size_t length, size_t count)
{
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int) * 8)];
    } space = {.bytes = {0}};
    struct iovec piece = {(void *)(uintptr_t)bytes, length};
    struct msghdr head = {.msg_iov = &piece, .msg_iovlen = 1};
    int fds[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    if (count) {
        head.msg_control = space.bytes;
        head.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        space.head = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int) * count), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&space.head), fds, sizeof(int) * count);
    }
    ck_assert_int_eq(sendmsg(pair[0], &head, 0), (ssize_t)length);
}

START_TEST(wrong_packets_leave_nothing_open)
{
    static char large[CONTROL_BYTES_MAX + 1];
    struct control_packet packet;
    open_pair();
    int before = count_open();
    send_raw("\xff\xff", 2, 1);
    ck_assert_int_eq(control_receive(pair[1], &packet), ERR_INPUT);
    send_raw("\x08\x02", 2, 8);
    ck_assert_int_eq(control_receive(pair[1], &packet), ERR_INPUT);
    send_raw(large, sizeof large, 0);
    ck_assert_int_eq(control_receive(pair[1], &packet), ERR_INPUT);
    ck_assert_int_eq(count_open(), before);
    close(pair[0]);
    ck_assert_int_eq(control_receive(pair[1], &packet), ERR_MISSING);
    close(pair[1]);
}
END_TEST

START_TEST(who_cannot_send_hears_it)
{
    Control message = STAGEMATCH__INTERNAL__V1__CONTROL__INIT;
    static char large[CONTROL_BYTES_MAX + 1];
    int fds[CONTROL_FDS_MAX + 1] = {0};
    open_pair();
    memset(large, 'x', sizeof large - 1);
    ck_assert_int_eq(control_send(pair[0], &message, fds, CONTROL_FDS_MAX + 1), ERR_RANGE);
    message.folder = large;
    ck_assert_int_eq(control_send(pair[0], &message, NULL, 0), ERR_RANGE);
    enum err e = ERR_OK;
    for (int i = 0; i < 100000 && e == ERR_OK; i++) /* the other end does not read */
        e = control_send_kind(pair[1], STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_READY);
    ck_assert_int_eq(e, ERR_IO);
    close(pair[1]);
    ck_assert_int_eq(control_send_kind(pair[0], STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_STOP), ERR_IO);
    close(pair[0]);
}
END_TEST

START_TEST(roles_have_names)
{
    ck_assert_int_eq(role_of_text("vault"), ROLE_VAULT);
    ck_assert_int_eq(role_of_text("parent"), ROLE_PARENT);
    ck_assert_int_eq(role_of_text("vaul"), ROLE_NAME_COUNT);
    ck_assert_int_eq(role_of_text(""), ROLE_NAME_COUNT);
}
END_TEST

RUN_TESTS("control", a_message_and_its_descriptors_arrive_together, wrong_packets_leave_nothing_open,
          who_cannot_send_hears_it, roles_have_names)
