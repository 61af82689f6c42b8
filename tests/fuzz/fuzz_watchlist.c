/*
 * The watch list: the first line are phrases, the rest is a text. Hits lie within the text, in order, none over another, begin and end at
 * a character, and are found again in what they cover; reading phrases or text as a list never ends otherwise than with an error.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "blind/phrases.h"
#include "blind/watchlist.h"

#include <string.h>

enum { HITS_MAX = 32 };

static void claim_hits(const struct phrases *phrases, struct text text)
{
    struct phrase_hit hits[HITS_MAX], again;
    size_t count = phrases_find(phrases, text, hits, HITS_MAX), end = 0;
    CLAIM(count <= HITS_MAX);
    for (size_t i = 0; i < count; i++) {
        CLAIM(hits[i].length > 0 && hits[i].offset >= end && hits[i].offset + hits[i].length <= text.length);
        end = hits[i].offset + hits[i].length;
        CLAIM(phrases_find(phrases, (struct text){text.data + hits[i].offset, hits[i].length}, &again, 1) == 1);
        CLAIM(again.number == hits[i].number && again.offset == 0 && again.length == hits[i].length);
    }
}

static void claim_list(struct text bytes)
{
    struct problems problems;
    struct watchlist *list;
    problems_init(&problems, "input");
    enum err e = watchlist_read_bytes(bytes, &problems, &list);
    CLAIM(e == ERR_OK || (e == ERR_INPUT && problems.total > 0));
    if (e == ERR_OK)
        watchlist_free(list);
    problems_free(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct text rest = {(const char *)bytes, length}, first, phrase;
    struct phrases *phrases;
    CLAIM(phrases_new(&phrases) == ERR_OK);
    if (length && text_next(&rest, '\n', &first)) {
        for (uint32_t number = 0; text_next(&first, '|', &phrase); number++) {
            enum err e = phrases_add(phrases, phrase, number);
            CLAIM(e == ERR_OK || e == ERR_INPUT || e == ERR_RANGE);
        }
        if (rest.data)
            claim_hits(phrases, rest);
    }
    phrases_free(phrases);
    claim_list((struct text){(const char *)bytes, length});
    return 0;
}
