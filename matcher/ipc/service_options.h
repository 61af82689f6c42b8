/*
 * service_options.h - the settings of the service, and those it shares with the offline commands, each written down once.
 *
 * SERVICE_OPTIONS is a list of initialisers for a table of struct option: `stagematch serve` reads it, hands the values to
 * the roles, and the configuration file may name all of them, whichever command reads it.
 */
#ifndef IPC_SERVICE_OPTIONS_H
#define IPC_SERVICE_OPTIONS_H

#include "base/conf.h"
#include "match/market.h"

#define BOTH (OPTION_IN_FILE | OPTION_ON_LINE)

/* Shared with the offline commands. */
#define OPTION_PC4                                                                                                   \
    {                                                                                                                \
        .name = "pc4", .type = OPTION_PATH, .where = BOTH, .unit = "FILE",                                           \
        .text = "postcode table: CSV with columns pc4, lat, lon"                                                     \
    }
#define OPTION_OPLEIDINGEN                                                                                           \
    {                                                                                                                \
        .name = "opleidingen", .type = OPTION_PATH, .where = BOTH, .unit = "FILE",                                   \
        .text = "names of qualifications: CSV with columns code (or crebo, isat) and naam"                           \
    }
#define OPTION_SKILLS                                                                                                \
    {                                                                                                                \
        .name = "skills", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                              \
        .text = "skill codes with their names in Dutch and English"                                                  \
    }
#define OPTION_REASONS                                                                                               \
    {                                                                                                                \
        .name = "reasons", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                             \
        .text = "the closed list of reasons for a decision"                                                          \
    }
#define OPTION_GROUNDS                                                                                               \
    {                                                                                                                \
        .name = "grounds", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                             \
        .text = "grounds of discrimination that a report can name"                                                   \
    }
#define OPTION_SPELING                                                                                               \
    {                                                                                                                \
        .name = "speling_dagen", .flag = "speling", .type = OPTION_NUMBER, .where = BOTH, .min = 0, .max = 366,      \
        .unit = "DAYS", .fallback = "7",                                                                             \
        .text = "slack at both ends when a request and a placement's window are compared"                            \
    }
#define OPTION_LIST_MAX                                                                                              \
    {                                                                                                                \
        .name = "list_max", .type = OPTION_NUMBER, .where = BOTH, .min = 0, .max = 1000000, .unit = "PLACES",        \
        .fallback = "1000", .text = "longest list of one student; 0 for no limit"                                    \
    }
#define OPTION_BAND_WIDTH                                                                                            \
    {                                                                                                                \
        .name = "band_width", .type = OPTION_NUMBER, .where = BOTH, .min = 1, .max = SCORE_MAX, .unit = "POINTS",    \
        .fallback = "10",                                                                                            \
        .text = "points of score (0 to 100) that make one band, within which only the lottery orders"                \
    }
#define OPTION_MECHANISM                                                                                             \
    {                                                                                                                \
        .name = "mechanism", .type = OPTION_CHOICE, .where = BOTH, .fallback = "stb", .choices = "stb",              \
        .text = "how the match is made: deferred acceptance with one lottery"                                        \
    }
#define OPTION_THREADS                                                                                               \
    {                                                                                                                \
        .name = "threads", .type = OPTION_NUMBER, .where = BOTH, .min = 0, .max = 64, .fallback = "0",               \
        .text = "threads that make the students' lists; 0: one for each processor; the result is the same"           \
    }
#define OPTION_LOG_LEVEL                                                                                             \
    {                                                                                                                \
        .name = "log_level", .type = OPTION_CHOICE, .where = BOTH, .fallback = "warn",                               \
        .choices = "debug info warn error", .text = "from which level on events are logged to stderr"                \
    }

/* Where the service listens and what it keeps. */
#define OPTION_LISTEN                                                                                                \
    {                                                                                                                \
        .name = "listen", .type = OPTION_TEXT, .where = BOTH, .unit = "ADDRESS:PORT", .fallback = "127.0.0.1:8080",  \
        .text = "where the API listens; port 0: any free one, written to data_dir/address"                           \
    }
#define OPTION_METRICS_LISTEN                                                                                        \
    {                                                                                                                \
        .name = "metrics_listen", .type = OPTION_TEXT, .where = BOTH, .unit = "ADDRESS:PORT",                        \
        .fallback = "127.0.0.1:9180",                                                                                \
        .text = "where /metrics listens; port 0: any free one, written to data_dir/metrics_address"                  \
    }
#define OPTION_DATA_DIR                                                                                              \
    {                                                                                                                \
        .name = "data_dir", .type = OPTION_PATH, .where = BOTH, .unit = "DIR", .fallback = "/var/lib/stagematch",    \
        .text = "where the service keeps its databases: engine/ and vault/ in it"                                    \
    }
#define OPTION_MASTER_KEY                                                                                            \
    {                                                                                                                \
        .name = "master_key", .type = OPTION_PATH, .where = BOTH, .unit = "FILE",                                    \
        .fallback = "/etc/stagematch/master.key",                                                                    \
        .text = "the vault's master key: 32 random bytes in a file that its owner alone can read (mode 0600)"        \
    }
#define OPTION_PUBLIC_URL                                                                                            \
    {                                                                                                                \
        .name = "public_url", .type = OPTION_TEXT, .where = BOTH, .unit = "URL",                                     \
        .fallback = "http://127.0.0.1:8080", .text = "how people reach the service; links in notices start with it"  \
    }
#define OPTION_USER_FRONT                                                                                            \
    {                                                                                                                \
        .name = "user_front", .type = OPTION_TEXT, .where = BOTH, .unit = "USER",                                    \
        .text = "user that the front runs as when the service is started by root; none: stay"                        \
    }
#define OPTION_USER_ENGINE                                                                                           \
    {                                                                                                                \
        .name = "user_engine", .type = OPTION_TEXT, .where = BOTH, .unit = "USER",                                   \
        .text = "user that the engine runs as when the service is started by root; none: stay"                       \
    }
#define OPTION_USER_VAULT                                                                                            \
    {                                                                                                                \
        .name = "user_vault", .type = OPTION_TEXT, .where = BOTH, .unit = "USER",                                    \
        .text = "user that the vault runs as when the service is started by root; none: stay"                        \
    }

/* How it runs. */
#define OPTION_FRONTS                                                                                                \
    {                                                                                                                \
        .name = "fronts", .type = OPTION_NUMBER, .where = BOTH, .min = 1, .max = 64, .unit = "PROCESSES",            \
        .fallback = "1",                                                                                             \
        .text = "front processes that share the listening sockets; limits on connections hold for each"              \
    }
#define OPTION_LOG_FORMAT                                                                                            \
    {                                                                                                                \
        .name = "log_format", .type = OPTION_CHOICE, .where = BOTH, .fallback = "auto", .choices = "auto text json", \
        .text = "how events are logged; auto: json where stderr goes to the journal of systemd, otherwise text"      \
    }
#define OPTION_LOG_ADDRESSES                                                                                         \
    {                                                                                                                \
        .name = "log_addresses", .type = OPTION_CHOICE, .where = OPTION_IN_FILE, .fallback = "no",                   \
        .choices = "no yes", .text = "whether the log line of a request names the address of its client"             \
    }

/* TLS. */
#define OPTION_TLS_CERTIFICATE                                                                                       \
    {                                                                                                                \
        .name = "tls_certificate", .type = OPTION_PATH, .where = BOTH, .unit = "FILE",                               \
        .text = "certificates in PEM form, the service's own first; with it `listen` speaks TLS alone"               \
    }
#define OPTION_TLS_KEY                                                                                               \
    {                                                                                                                \
        .name = "tls_key", .type = OPTION_PATH, .where = BOTH, .unit = "FILE",                                       \
        .text = "the certificate's private key in PEM form, without a password, closed to others (chmod o=)"         \
    }
#define OPTION_REDIRECT_LISTEN                                                                                       \
    {                                                                                                                \
        .name = "redirect_listen", .type = OPTION_TEXT, .where = BOTH, .unit = "ADDRESS:PORT",                       \
        .text = "with TLS: where plain HTTP is sent on to public_url, and nothing else is done; none: nowhere"       \
    }
#define OPTION_TLS_HANDSHAKE_TIMEOUT                                                                                 \
    {                                                                                                                \
        .name = "tls_handshake_timeout_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 100,              \
        .max = 600000, .unit = "MS", .fallback = "10000", .text = "how long a TLS handshake may take"                \
    }

/* The web application. */
#define OPTION_WEB_ROOT                                                                                              \
    {                                                                                                                \
        .name = "web_root", .flag = "web", .type = OPTION_PATH, .where = BOTH, .unit = "DIR",                        \
        .text = "the built web application, which `listen` serves beside the API; none: the API alone"               \
    }
#define OPTION_WEB_THEME                                                                                             \
    {                                                                                                                \
        .name = "web_theme", .type = OPTION_PATH, .where = BOTH, .unit = "FILE",                                     \
        .text = "a school's own colours and type: CSS that is served as /theme.css in place of the application's"    \
    }

/* What the front takes from outside. */
#define OPTION_TRUSTED_PROXIES                                                                                       \
    {                                                                                                                \
        .name = "trusted_proxies", .type = OPTION_TEXT, .where = OPTION_IN_FILE, .unit = "ADDRESSES",                \
        .text = "proxies whose X-Forwarded-For counts: addresses or CIDRs, joined by blanks"                         \
    }
#define OPTION_CONNECTIONS_MAX                                                                                       \
    {                                                                                                                \
        .name = "connections_max", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 100000,          \
        .unit = "CONNECTIONS", .fallback = "4096", .text = "connections at a time, of all clients"                   \
    }
#define OPTION_CONNECTIONS_PER_ADDRESS                                                                               \
    {                                                                                                                \
        .name = "connections_per_address", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 100000,  \
        .unit = "CONNECTIONS", .fallback = "256", .text = "connections at a time from one address"                   \
    }
#define OPTION_SHARED_ADDRESSES                                                                                      \
    {                                                                                                                \
        .name = "shared_addresses", .type = OPTION_TEXT, .where = OPTION_IN_FILE, .unit = "ADDRESSES",               \
        .text = "where many people share one address, such as a school: addresses or CIDRs, joined by blanks"        \
    }
#define OPTION_CONNECTIONS_PER_SHARED_ADDRESS                                                                        \
    {                                                                                                                \
        .name = "connections_per_shared_address", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1,          \
        .max = 100000, .unit = "CONNECTIONS", .fallback = "2048",                                                    \
        .text = "connections at a time from one of shared_addresses"                                                 \
    }
#define OPTION_LOGINS_PER_ADDRESS                                                                                    \
    {                                                                                                                \
        .name = "logins_per_address", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 1000000,      \
        .unit = "CALLS", .fallback = "1000",                                                                         \
        .text = "calls a minute from one address that log in or use an invitation or a link for a password"          \
    }
#define OPTION_LOGINS_PER_SHARED_ADDRESS                                                                             \
    {                                                                                                                \
        .name = "logins_per_shared_address", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1,               \
        .max = 1000000, .unit = "CALLS", .fallback = "10000", .text = "the same from one of shared_addresses"        \
    }
#define OPTION_HEAD_TIMEOUT                                                                                          \
    {                                                                                                                \
        .name = "head_timeout_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 100, .max = 600000,        \
        .unit = "MS", .fallback = "10000", .text = "how long the whole head of a request may take"                   \
    }
#define OPTION_BODY_TIMEOUT                                                                                          \
    {                                                                                                                \
        .name = "body_timeout_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 100, .max = 3600000,       \
        .unit = "MS", .fallback = "60000", .text = "how long the whole body of a request may take"                   \
    }
#define OPTION_IDLE_TIMEOUT                                                                                          \
    {                                                                                                                \
        .name = "idle_timeout_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 100, .max = 3600000,       \
        .unit = "MS", .fallback = "60000", .text = "how long a connection may wait for its next request"             \
    }
#define OPTION_CALL_TIMEOUT                                                                                          \
    {                                                                                                                \
        .name = "call_timeout_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 100, .max = 600000,        \
        .unit = "MS", .fallback = "30000", .text = "how long a call may take whose client names no time itself"      \
    }
#define OPTION_SESSION_HOURS                                                                                         \
    {                                                                                                                \
        .name = "session_hours", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 720,               \
        .unit = "HOURS", .fallback = "12", .text = "how long a session lasts after logging in"                       \
    }

/* What the engine does. */
#define OPTION_COMMIT_WAIT                                                                                           \
    {                                                                                                                \
        .name = "commit_wait_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 0, .max = 1000,             \
        .unit = "MS", .fallback = "5", .text = "how long a command may wait for others to be committed with it"      \
    }
#define OPTION_COMMIT_COMMANDS                                                                                       \
    {                                                                                                                \
        .name = "commit_commands_max", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 4096,        \
        .unit = "COMMANDS", .fallback = "256", .text = "commands that are committed together at most"                \
    }
#define OPTION_HOLIDAYS                                                                                              \
    {                                                                                                                \
        .name = "holidays", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                            \
        .text = "days that are no working days: CSV"                                                                 \
    }
#define OPTION_TERMS                                                                                                 \
    {                                                                                                                \
        .name = "terms", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                               \
        .text = "how long each state may wait, in working days: CSV"                                                 \
    }
#define OPTION_SCHOOL_NAMES                                                                                          \
    {                                                                                                                \
        .name = "school_names", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                        \
        .text = "names of schools: CSV with columns code (or brin) and name (or naam)"                               \
    }
#define OPTION_CONTACTS                                                                                              \
    {                                                                                                                \
        .name = "contacts", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                            \
        .text = "who can help, of each school and of everyone: CSV"                                                  \
    }
#define OPTION_MONITOR_MONTHS                                                                                        \
    {                                                                                                                \
        .name = "monitor_months", .type = OPTION_TEXT, .where = OPTION_IN_FILE, .unit = "MONTHS", .fallback = "2 9", \
        .text = "months (1 to 12) in which a term of the monitor begins, joined by blanks"                           \
    }
#define OPTION_MONITOR_WAIT_DAYS                                                                                     \
    {                                                                                                                \
        .name = "monitor_wait_days", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 0, .max = 366,           \
        .unit = "DAYS", .fallback = "30", .text = "days after the last of a term when its figures are frozen"        \
    }
#define OPTION_WATCHLIST                                                                                             \
    {                                                                                                                \
        .name = "watchlist", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                           \
        .text = "words in placements and reasons that are questioned, with better ones: CSV; none: nothing is"       \
    }
#define OPTION_CASE_OUTCOMES                                                                                         \
    {                                                                                                                \
        .name = "case_outcomes", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                       \
        .text = "the closed list of how a case can end: CSV"                                                         \
    }
#define OPTION_MENUKAART                                                                                             \
    {                                                                                                                \
        .name = "menukaart", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                           \
        .text = "measures that a school can take: CSV"                                                               \
    }

/* What the vault tells people. */
#define OPTION_NOTICES                                                                                               \
    {                                                                                                                \
        .name = "notices", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "DIR",                              \
        .text = "templates of notices"                                                                               \
    }
#define OPTION_ROUTES                                                                                                \
    {                                                                                                                \
        .name = "routes", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                              \
        .text = "where somebody who meets discrimination can go: CSV"                                                \
    }
#define OPTION_REPORT_KEEP_DAYS                                                                                      \
    {                                                                                                                \
        .name = "report_keep_days", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 3660,           \
        .unit = "DAYS", .fallback = "365", .text = "how long a report is kept after it was closed"                   \
    }
#define OPTION_REPORTS_PER_ADDRESS                                                                                   \
    {                                                                                                                \
        .name = "reports_per_address", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 1000000,     \
        .unit = "REPORTS", .fallback = "20", .text = "anonymous reports a day from one address"                      \
    }
#define OPTION_REPORTS_PER_SCHOOL                                                                                    \
    {                                                                                                                \
        .name = "reports_per_school", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 1000000,      \
        .unit = "REPORTS", .fallback = "100", .text = "anonymous reports a day to one school"                        \
    }
#define OPTION_NOTIFY_COMMAND                                                                                        \
    {                                                                                                                \
        .name = "notify_command", .type = OPTION_TEXT, .where = BOTH, .unit = "COMMAND",                             \
        .text = "program that sends a message from its input as `sendmail -t` does, with its arguments; no shell"    \
    }
#define OPTION_NOTIFY_ATTEMPTS                                                                                       \
    {                                                                                                                \
        .name = "notify_attempts", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 100,             \
        .unit = "TIMES", .fallback = "5", .text = "how often a notice is tried before it counts as bounced"          \
    }

/* Where answers are kept for a while, and counts of rates. */
#define OPTION_REDIS                                                                                                 \
    {                                                                                                                \
        .name = "redis", .type = OPTION_TEXT, .where = BOTH, .unit = "ADDRESS",                                      \
        .text = "Redis: unix:/path, redis://, rediss:// or sentinel://; none: the service runs without"              \
    }
#define OPTION_REDIS_PASSWORD_FILE                                                                                   \
    {                                                                                                                \
        .name = "redis_password_file", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                 \
        .text = "file with the password for Redis, which the front's user can read; instead of one in the address"   \
    }
#define OPTION_REDIS_CA                                                                                              \
    {                                                                                                                \
        .name = "redis_ca", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                            \
        .text = "certificates (PEM) that may sign a rediss:// server's; none: those the system trusts"               \
    }
#define OPTION_REDIS_TIMEOUT                                                                                         \
    {                                                                                                                \
        .name = "redis_timeout_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 10000,          \
        .unit = "MS", .fallback = "50", .text = "how long Redis is waited for before a call goes on without it"      \
    }
#define OPTION_REDIS_IN_FLIGHT                                                                                       \
    {                                                                                                                \
        .name = "redis_in_flight_max", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 100000,      \
        .unit = "COMMANDS", .fallback = "1024",                                                                      \
        .text = "commands to Redis without an answer yet; above it is not asked"                                     \
    }

/* What is kept up to date for those who watch. */
#define OPTION_STREAMS_MAX                                                                                           \
    {                                                                                                                \
        .name = "streams_max", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 100000,              \
        .unit = "STREAMS", .fallback = "1000", .text = "streams (Watch...) at a time of one front"                   \
    }
#define OPTION_STREAMS_PER_ACCOUNT                                                                                   \
    {                                                                                                                \
        .name = "streams_per_account", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 10000,       \
        .unit = "STREAMS", .fallback = "16", .text = "streams at a time of one account at one front"                 \
    }
#define OPTION_STREAM_HEARTBEAT                                                                                      \
    {                                                                                                                \
        .name = "stream_heartbeat_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 100, .max = 60000,     \
        .unit = "MS", .fallback = "20000", .text = "after how long without an event a stream gives a sign of life"   \
    }
#define OPTION_STREAM_INTERVAL                                                                                       \
    {                                                                                                                \
        .name = "stream_interval_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 0, .max = 60000,        \
        .unit = "MS", .fallback = "250", .text = "how far apart the events of a stream are at least"                 \
    }

/* Answers that are kept for who asks the same. */
#define OPTION_ANSWER_CACHE_MB                                                                                       \
    {                                                                                                                \
        .name = "answer_cache_mb", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 0, .max = 65536,           \
        .unit = "MIB", .fallback = "64", .text = "memory of one front for answers that are kept; 0: none are"        \
    }
#define OPTION_ANSWER_CACHE_MS                                                                                       \
    {                                                                                                                \
        .name = "answer_cache_ms", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 60000,           \
        .unit = "MS", .fallback = "60000", .text = "how long an answer is kept at most, also in Redis"               \
    }

/* With whom companies are compared, and from when on their figures say something (signal/judge.h). */
#define OPTION_KANS_OP_STAGE                                                                                         \
    {                                                                                                                \
        .name = "kans_op_stage", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                       \
        .text = "sector and chance of a place by qualification and region: CSV; none: all are compared alike"        \
    }
#define OPTION_SIGNAL_MIN_EVENTS                                                                                     \
    {                                                                                                                \
        .name = "signal_min_events", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 2, .max = 1000,          \
        .unit = "EVENTS", .fallback = "3", .text = "a pattern has at least so many events"                           \
    }
#define OPTION_SIGNAL_MIN_PERCENT                                                                                    \
    {                                                                                                                \
        .name = "signal_min_percent", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 100,          \
        .unit = "PERCENT", .fallback = "20", .text = "a pattern has at least such a share of the decisions"          \
    }
#define OPTION_SIGNAL_REFERENCE                                                                                      \
    {                                                                                                                \
        .name = "signal_reference", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 10, .max = 1000000,       \
        .unit = "DECISIONS", .fallback = "100",                                                                      \
        .text = "decisions of others that there must be to compare with; below it there is too little data"          \
    }
#define OPTION_SIGNAL_LEVEL                                                                                          \
    {                                                                                                                \
        .name = "signal_level_ppm", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 50000,          \
        .unit = "PPM", .fallback = "100",                                                                            \
        .text = "how seldom chance alone may make so many events, in cases of a million"                             \
    }

#define SHARED_OPTIONS                                                                                               \
    OPTION_PC4, OPTION_OPLEIDINGEN, OPTION_SKILLS, OPTION_REASONS, OPTION_GROUNDS, OPTION_SPELING, OPTION_LIST_MAX,  \
        OPTION_BAND_WIDTH, OPTION_MECHANISM, OPTION_THREADS, OPTION_LOG_LEVEL

#define SERVICE_OPTIONS                                                                                              \
    SHARED_OPTIONS, OPTION_LISTEN, OPTION_METRICS_LISTEN, OPTION_DATA_DIR, OPTION_MASTER_KEY, OPTION_PUBLIC_URL,     \
        OPTION_USER_FRONT, OPTION_USER_ENGINE, OPTION_USER_VAULT, OPTION_TRUSTED_PROXIES, OPTION_CONNECTIONS_MAX,    \
        OPTION_CONNECTIONS_PER_ADDRESS, OPTION_SHARED_ADDRESSES, OPTION_CONNECTIONS_PER_SHARED_ADDRESS,              \
        OPTION_LOGINS_PER_ADDRESS, OPTION_LOGINS_PER_SHARED_ADDRESS, OPTION_HEAD_TIMEOUT, OPTION_BODY_TIMEOUT,       \
        OPTION_IDLE_TIMEOUT, OPTION_CALL_TIMEOUT, OPTION_SESSION_HOURS, OPTION_COMMIT_WAIT, OPTION_COMMIT_COMMANDS,  \
        OPTION_HOLIDAYS, OPTION_TERMS, OPTION_SCHOOL_NAMES, OPTION_CONTACTS, OPTION_CASE_OUTCOMES, OPTION_MENUKAART, \
        OPTION_NOTICES, OPTION_NOTIFY_COMMAND, OPTION_NOTIFY_ATTEMPTS, OPTION_ROUTES, OPTION_REPORT_KEEP_DAYS,       \
        OPTION_REPORTS_PER_ADDRESS, OPTION_REPORTS_PER_SCHOOL, OPTION_FRONTS, OPTION_LOG_FORMAT,                     \
        OPTION_LOG_ADDRESSES, OPTION_TLS_CERTIFICATE, OPTION_TLS_KEY, OPTION_TLS_HANDSHAKE_TIMEOUT,                  \
        OPTION_REDIRECT_LISTEN, OPTION_REDIS, OPTION_REDIS_PASSWORD_FILE, OPTION_REDIS_CA, OPTION_REDIS_TIMEOUT,     \
        OPTION_REDIS_IN_FLIGHT, OPTION_STREAMS_MAX, OPTION_STREAMS_PER_ACCOUNT, OPTION_STREAM_HEARTBEAT,             \
        OPTION_STREAM_INTERVAL, OPTION_ANSWER_CACHE_MB, OPTION_ANSWER_CACHE_MS, OPTION_MONITOR_MONTHS,               \
        OPTION_MONITOR_WAIT_DAYS, OPTION_WATCHLIST, OPTION_KANS_OP_STAGE, OPTION_SIGNAL_MIN_EVENTS,                  \
        OPTION_SIGNAL_MIN_PERCENT, OPTION_SIGNAL_REFERENCE, OPTION_SIGNAL_LEVEL, OPTION_WEB_ROOT, OPTION_WEB_THEME

extern const struct option service_options[];
extern const size_t service_option_count;

#endif
