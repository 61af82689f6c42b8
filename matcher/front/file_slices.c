#include "front/file_slices.h"

void file_slices_init(struct file_slices *slices, struct text bytes, const struct table_spec *spec,
                      const struct table_handler *handler, struct problems *problems)
{
    *slices = (struct file_slices){.bytes = bytes, .spec = spec, .handler = handler, .problems = problems};
}

void file_slices_free(struct file_slices *slices)
{
    table_reader_free(slices->reader);
    slices->reader = NULL;
}

static struct text next_slice(struct file_slices *slices, size_t limit_bytes)
{
    size_t left = slices->bytes.length - slices->at;
    struct text slice = {slices->bytes.data + slices->at, left < limit_bytes ? left : limit_bytes};
    slices->at += slice.length;
    return slice;
}

static enum err guess_step(struct file_slices *slices)
{
    struct text slice = next_slice(slices, GUESS_SLICE_BYTES);
    encoding_guess_add(&slices->guess, (const unsigned char *)slice.data, slice.length);
    if (slices->at < slices->bytes.length)
        return ERR_OK;
    slices->at = 0;
    return table_reader_new(encoding_guess_end(&slices->guess) == ENCODING_WINDOWS_1252, slices->spec,
                            slices->handler, slices->problems, &slices->reader);
}

enum err file_slices_step(struct file_slices *slices)
{
    if (!slices->reader)
        return guess_step(slices);
    struct text slice = next_slice(slices, SLICE_BYTES);
    enum err e = table_reader_feed(slices->reader, slice.data, slice.length);
    if (e == ERR_OK && slices->at == slices->bytes.length) {
        slices->done = true;
        e = table_reader_end(slices->reader);
    }
    return e;
}
