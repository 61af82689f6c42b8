#include "vault/password.h"

#include "base/text.h"

#include <string.h>

enum { CHARACTERS_MIN = 12, CHARACTERS_MAX = 200 };

const REFUSAL(refusal_password_length, STATUS_INVALID_ARGUMENT, "password_length",
              "Kies een wachtwoord van 12 tot 200 tekens, bijvoorbeeld een zin.",
              "Choose a password of 12 to 200 characters, for instance a sentence.");
const REFUSAL(refusal_password_common, STATUS_INVALID_ARGUMENT, "password_common",
              "Dit wachtwoord is te makkelijk te raden. Kies een ander.",
              "This password is too easy to guess. Choose another.");

/* The long ones among those that are tried first; short ones are refused by their length. */
static const char *const common[] = {
    "123456789012",     "1234567890123",  "12345678901234", "123456789123",   "1234567891234", "0123456789012",
    "passwordpassword", "password1234",   "password12345",  "password123456", "passw0rd1234",  "wachtwoord12",
    "wachtwoord123",    "wachtwoord1234", "welkom123456",   "welkom1234567",  "welcome123456", "qwertyuiop12",
    "qwertyuiop123",    "qwertyuiopas",   "qwertyuiopasdf", "1q2w3e4r5t6y",   "1qaz2wsx3edc",  "abcdefghijkl",
    "abcdefghijklm",    "abc123abc123",   "iloveyou1234",   "geheim123456",   "stagematch12",  "stagematch123",
    "stagematch1234",   "changemeplease", "administrator",  "letmein12345",   "zaq12wsxcde3",
};

static size_t characters_of(const char *password)
{
    size_t count = 0;
    for (; *password; password++)
        count += ((unsigned char)*password & 0xc0) != 0x80;
    return count;
}

/* One or two characters over and over. */
static bool is_repetition(const char *password)
{
    for (size_t i = 2; password[i]; i++)
        if (password[i] != password[i - 2])
            return false;
    return true;
}

const struct refusal *password_check(const char *password, const char *email)
{
    size_t characters = characters_of(password);
    if (characters < CHARACTERS_MIN || characters > CHARACTERS_MAX)
        return &refusal_password_length;
    if (is_repetition(password) || text_is_nocase(text_of(password), email))
        return &refusal_password_common;
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (text_is_nocase(text_of(password), common[i]))
            return &refusal_password_common;
    return NULL;
}
