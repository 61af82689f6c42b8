#include "front/certificate.h"

#include "base/log.h"
#include "front/state.h"

enum { SECONDS_A_DAY = 86400, WARN_DAYS = 14 };

/* Logs how long it is still good, when that is not long, and looks again tomorrow. */
static void on_watch(evutil_socket_t fd, short what, void *context)
{
    static const struct timeval tomorrow = {.tv_sec = SECONDS_A_DAY};
    struct front *front = context;
    (void)fd, (void)what;
    int64_t now_s = clock_wall_ms(&front->environment->clock) / 1000;
    int64_t left_s = tls_expires_s(front->certificate.tls) - now_s;
    if (left_s < (int64_t)WARN_DAYS * SECONDS_A_DAY)
        LOG(LOG_WARN, "certificate_expires", LOG_NUMBER("days_left", left_s / SECONDS_A_DAY));
    event_add(&front->certificate.watch, &tomorrow);
}

static enum err load(const struct tls_pem *pem, struct tls **out)
{
    enum tls_fault fault;
    enum err e = tls_new(pem, out, &fault);
    if (e != ERR_OK)
        LOG(LOG_ERROR, "certificate_refused",
            LOG_WORD("setting", tls_fault_is_of_key(fault) ? "tls_key" : "tls_certificate"),
            LOG_WORD("why", e == ERR_INPUT ? tls_fault_text(fault) : err_text(e)));
    else
        LOG(LOG_INFO, "certificate_taken", LOG_NUMBER("expires_s", tls_expires_s(*out)));
    return e;
}

enum err certificate_open(struct front *front)
{
    evtimer_assign(&front->certificate.watch, front->environment->base, on_watch, front);
    if (!front->environment->tls.certificate.length)
        return ERR_OK;
    enum err e = load(&front->environment->tls, &front->certificate.tls);
    if (e == ERR_OK)
        on_watch(-1, 0, front);
    return e;
}

void certificate_replace(struct front *front, const struct tls_pem *pem)
{
    struct tls *next;
    if (!front->certificate.tls || load(pem, &next) != ERR_OK)
        return;
    if (front->api)
        h1_server_set_tls(front->api, next);
    tls_free(front->certificate.tls);
    front->certificate.tls = next;
    on_watch(-1, 0, front);
}

void certificate_close(struct front *front)
{
    if (front->certificate.tls)
        event_del(&front->certificate.watch);
    tls_free(front->certificate.tls);
    front->certificate.tls = NULL;
}

void certificate_write(const struct front *front, struct buf *out)
{
    static const char name[] = "stagematch_tls_certificate_expiry_timestamp_seconds";
    if (front->certificate.tls)
        buf_printf(out, "# HELP %s When the certificate expires.\n# TYPE %s gauge\n%s %lld\n", name, name, name,
                   (long long)tls_expires_s(front->certificate.tls));
}
