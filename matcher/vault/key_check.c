#include "vault/key_check.h"

#include "base/log.h"

static const char row_key[] = "public_key";

enum err key_check(struct image *image, const struct keys *keys, struct buf *complaint)
{
    const struct text own = {(const char *)keys_public(keys), PUBLIC_KEY_BYTES};
    struct buf noted;
    struct edit edit;
    buf_init(&noted, PUBLIC_KEY_BYTES);
    enum err e = image_get(image, TABLE_MASTER, text_of(row_key), &noted);
    if (e == ERR_MISSING) {
        edit_begin(&edit, image);
        edit_put(&edit, TABLE_MASTER, text_of(row_key), own);
        e = edit_commit(&edit, NULL, NULL);
    } else if (e == ERR_OK && !text_equal(buf_text(&noted), own)) {
        LOG(LOG_ERROR, "master_key_is_another");
        buf_put_string(complaint,
                       "this master key is not the one that these data were made with; give the vault its own "
                       "key back, it can read nothing with another");
        e = ERR_MISMATCH;
    }
    buf_free(&noted);
    return e;
}
