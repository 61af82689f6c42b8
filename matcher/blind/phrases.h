/*
 * phrases.h - finds phrases of a list in a text that somebody wrote: whole words, whatever their case, accents or endings.
 *
 * Words are runs of letters and digits; letters are compared in lower case without accents (Latin-1 and Latin Extended-A), an
 * apostrophe, a soft hyphen and what takes no width stand in no word ("foto's" is fotos). Bytes that are no UTF-8 part words.
 * A word of a phrase of WORD_ENDING_MIN letters or more also stands for itself with a Dutch or English ending (e, n, s, en, er,
 * ers, es, ere), and one that ends in `*` for itself with anything behind it. Letters of another script that look like Latin ones are
 * other letters: this helps who writes in good faith, it does not catch who hides.
 *
 * Finding takes no memory and looks at a text of n bytes in O(n * phrases of one first letter), at most PHRASE_COUNT_MAX of them: a
 * megabyte takes tens of milliseconds.
 */
#ifndef BLIND_PHRASES_H
#define BLIND_PHRASES_H

#include "base/text.h"

enum { PHRASE_COUNT_MAX = 4096, PHRASE_WORDS_MAX = 8, WORD_BYTES_MAX = 40, WORD_ENDING_MIN = 4 };

struct phrases;

MUST_USE enum err phrases_new(struct phrases **out);
void phrases_free(struct phrases *phrases);

/* Adds one under a number of the caller's. ERR_INPUT: no word, a word that is too long, too many words; ERR_RANGE: too many phrases. */
MUST_USE enum err phrases_add(struct phrases *phrases, struct text phrase, uint32_t number);

/* Where a phrase stands, in bytes of the text. */
struct phrase_hit {
    uint32_t number;
    size_t offset, length;
};

/*
 * The first `max` hits in the order of the text, none over another; where several begin at one word the one of more words wins, then
 * the one without an ending. Gives their number.
 */
size_t phrases_find(const struct phrases *phrases, struct text text, struct phrase_hit *hits, size_t max);

#endif
