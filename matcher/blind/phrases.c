#include "blind/phrases.h"

#include "base/mem.h"

#include <string.h>

/* One word, folded; `cut`: it is longer than any word of a phrase. */
struct word {
    char bytes[WORD_BYTES_MAX];
    size_t length, offset, end;
    bool cut;
};

struct pattern_word {
    char bytes[WORD_BYTES_MAX];
    uint8_t length;
    bool open; /* anything may stand behind it */
};

struct phrase {
    struct pattern_word words[PHRASE_WORDS_MAX];
    uint32_t count, number;
};

/* In order of the first letter of their first words; `first[b]` is where those that begin with byte b begin. */
struct phrases {
    struct phrase *list;
    size_t count, capacity;
    size_t first[257];
};

enum err phrases_new(struct phrases **out)
{
    return mem_alloc(1, sizeof **out, out);
}

void phrases_free(struct phrases *phrases)
{
    if (!phrases)
        return;
    mem_free(phrases->list);
    mem_free(phrases);
}

/* The character at `at` and its bytes; a byte that is no UTF-8 is a blank of one byte. */
static uint32_t next_character(struct text text, size_t at, size_t *bytes)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *from = (const unsigned char *)text.data + at;
    size_t length = from[0] < 0x80 ? 1 : from[0] >= 0xf0 ? 4 : from[0] >= 0xe0 ? 3 : 2;
    *bytes = 1;
    if (length == 1)
        return from[0];
    if (from[0] < 0xc2 || from[0] > 0xf4 || length > text.length - at)
        return ' ';
    uint32_t character = from[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((from[i] & 0xc0) != 0x80)
            return ' ';
        character = character << 6 | (from[i] & 0x3fu);
    }
    if (character < least[length])
        return ' ';
    *bytes = length;
    return character;
}

/* Stands within a word without being part of it. */
static bool is_nothing(uint32_t c)
{
    return c == '\'' || c == 0x2018 || c == 0x2019 || c == 0xad || (c >= 0x300 && c <= 0x36f) ||
           (c >= 0x200b && c <= 0x200d) || c == 0x2060 || c == 0xfeff;
}

/* U+00C0 to U+017F without their accents; "" : no letter. */
static const char *unaccented(uint32_t c)
{
    static const char *const latin[] = {
        "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i", /* C0 */
        "d", "n", "o",  "o",  "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "ss",
        "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i", /* E0 */
        "d", "n", "o",  "o",  "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y",
        "a", "a", "a",  "a",  "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d", /* 100 */
        "d", "d", "e",  "e",  "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",
        "g", "g", "g",  "g",  "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i", /* 120 */
        "i", "i", "ij", "ij", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",
        "l", "l", "l",  "n",  "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o", /* 140 */
        "o", "o", "oe", "oe", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",
        "s", "s", "t",  "t",  "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u", /* 160 */
        "u", "u", "u",  "u",  "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s",
    };
    return latin[c - 0xc0];
}

/* The folded letters of a character, at most four bytes in `own` where they are its own; length 0: it parts words. */
static struct text fold(uint32_t c, struct text raw, char own[1])
{
    if (c < 0x80) {
        own[0] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        bool letter = (own[0] >= 'a' && own[0] <= 'z') || (own[0] >= '0' && own[0] <= '9');
        return (struct text){own, letter ? 1 : 0};
    }
    if (c < 0xc0 || (c >= 0x2000 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x303f))
        return (struct text){own, 0};
    return c <= 0x17f ? text_of(unaccented(c)) : raw;
}

static void put(struct word *word, struct text letters)
{
    if (letters.length > sizeof word->bytes - word->length)
        word->cut = true;
    if (word->cut)
        return;
    memcpy(word->bytes + word->length, letters.data, letters.length);
    word->length += letters.length;
}

/* The first word at or behind `at`; false: there is none. */
static bool next_word(struct text text, size_t at, struct word *word)
{
    bool inside = false;
    word->length = 0;
    word->cut = false;
    while (at < text.length) {
        size_t bytes;
        char own[1];
        uint32_t c = next_character(text, at, &bytes);
        struct text letters =
            is_nothing(c) ? (struct text){own, 0} : fold(c, (struct text){text.data + at, bytes}, own);
        if (letters.length) {
            if (!inside)
                word->offset = at;
            inside = true;
            put(word, letters);
            word->end = at + bytes;
        } else if (inside && !is_nothing(c)) {
            return true;
        }
        at += bytes;
    }
    return inside;
}

static enum err read_phrase(struct text text, struct phrase *out)
{
    struct word word;
    size_t at = 0;
    *out = (struct phrase){.count = 0};
    for (; next_word(text, at, &word); at = word.end) {
        if (out->count == PHRASE_WORDS_MAX || word.cut)
            return ERR_INPUT;
        struct pattern_word *to = &out->words[out->count++];
        memcpy(to->bytes, word.bytes, word.length);
        to->length = (uint8_t)word.length;
        to->open = word.end < text.length && text.data[word.end] == '*';
    }
    return out->count ? ERR_OK : ERR_INPUT;
}

enum err phrases_add(struct phrases *phrases, struct text phrase, uint32_t number)
{
    struct phrase added;
    enum err e = read_phrase(phrase, &added);
    if (e != ERR_OK)
        return e;
    if (phrases->count == PHRASE_COUNT_MAX)
        return ERR_RANGE;
    e = mem_grow(&phrases->list, &phrases->capacity, phrases->count + 1, sizeof *phrases->list);
    if (e != ERR_OK)
        return e;
    added.number = number;
    unsigned letter = (unsigned char)added.words[0].bytes[0];
    size_t at = phrases->first[letter + 1];
    memmove(phrases->list + at + 1, phrases->list + at, (phrases->count - at) * sizeof *phrases->list);
    phrases->list[at] = added;
    phrases->count++;
    for (size_t i = letter + 1; i < sizeof phrases->first / sizeof phrases->first[0]; i++)
        phrases->first[i]++;
    return ERR_OK;
}

static bool is_ending(const char *bytes, size_t length)
{
    static const char *const endings[] = {"e", "n", "s", "en", "er", "ers", "es", "ere"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (text_is((struct text){bytes, length}, endings[i]))
            return true;
    return false;
}

/* 0: not this word; 1: with something behind it; 2: as it is. */
static unsigned fit_word(const struct pattern_word *pattern, const struct word *word)
{
    if (word->length < pattern->length || memcmp(word->bytes, pattern->bytes, pattern->length) != 0)
        return 0;
    if (word->length == pattern->length && !word->cut)
        return 2;
    if (pattern->open)
        return 1;
    return !word->cut && pattern->length >= WORD_ENDING_MIN &&
           is_ending(word->bytes + pattern->length, word->length - pattern->length);
}

/* How well a phrase fits from this word on: 0 not at all; more words, then fewer endings, is more. `end`: behind its last word. */
static unsigned fit(const struct phrase *phrase, struct text text, const struct word *first, size_t *end)
{
    struct word word = *first;
    unsigned fits = fit_word(&phrase->words[0], &word), exact = fits == 2;
    for (size_t i = 1; i < phrase->count && fits; i++) {
        fits = next_word(text, word.end, &word) ? fit_word(&phrase->words[i], &word) : 0;
        exact += fits == 2;
    }
    *end = word.end;
    return fits ? phrase->count * (PHRASE_WORDS_MAX + 1) + exact : 0;
}

static bool find_at(const struct phrases *phrases, struct text text, const struct word *word, struct phrase_hit *hit)
{
    unsigned letter = (unsigned char)word->bytes[0], best = 0;
    for (size_t i = phrases->first[letter]; word->length && i < phrases->first[letter + 1]; i++) {
        size_t end;
        unsigned fits = fit(&phrases->list[i], text, word, &end);
        if (fits > best) {
            best = fits;
            *hit = (struct phrase_hit){phrases->list[i].number, word->offset, end - word->offset};
        }
    }
    return best > 0;
}

size_t phrases_find(const struct phrases *phrases, struct text text, struct phrase_hit *hits, size_t max)
{
    struct word word;
    size_t count = 0, at = 0;
    while (count < max && next_word(text, at, &word)) {
        bool found = find_at(phrases, text, &word, &hits[count]);
        at = found ? hits[count].offset + hits[count].length : word.end;
        count += found;
    }
    return count;
}
