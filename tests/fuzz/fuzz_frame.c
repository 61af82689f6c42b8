/*
 * The frames between roles, as whole bytes and in pieces: the same frames and the same end, whatever the pieces; and a frame
 * that was taken can be put and taken again.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/random.h"
#include "ipc/frame.h"

#include <event2/buffer.h>
#include <string.h>

enum { TRANSCRIPT_BYTES = 64 << 20, WHOLE = 0 };

static void write_down(struct buf *transcript, const Stagematch__Internal__V1__Frame *frame)
{
    struct evbuffer *bytes = evbuffer_new();
    Stagematch__Internal__V1__Frame *again;
    CLAIM(bytes && frame_put(bytes, frame) == ERR_OK);
    size_t length = evbuffer_get_length(bytes);
    buf_put(transcript, evbuffer_pullup(bytes, -1), length);
    CLAIM(frame_take(bytes, &again) == ERR_OK && again);
    CLAIM(evbuffer_get_length(bytes) == 0);
    CLAIM(stagematch__internal__v1__frame__get_packed_size(again) + FRAME_HEAD_BYTES == length);
    frame_free(again);
    evbuffer_free(bytes);
}

static enum err take_all(struct evbuffer *input, struct buf *transcript)
{
    for (;;) {
        Stagematch__Internal__V1__Frame *frame;
        enum err e = frame_take(input, &frame);
        if (e != ERR_OK || !frame)
            return e;
        write_down(transcript, frame);
        frame_free(frame);
    }
}

static void transcribe(const uint8_t *bytes, size_t length, uint64_t piece_bytes_max, struct buf *out)
{
    struct evbuffer *input = evbuffer_new();
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, length);
    enum err e = ERR_OK;
    CLAIM(input);
    buf_init(out, TRANSCRIPT_BYTES);
    while (length && e == ERR_OK) {
        size_t piece = piece_bytes_max == WHOLE ? length : (size_t)random_below(&random, piece_bytes_max) + 1;
        piece = piece < length ? piece : length;
        CLAIM(evbuffer_add(input, bytes, piece) == 0);
        bytes += piece;
        length -= piece;
        e = take_all(input, out);
    }
    CLAIM(e == ERR_OK || e == ERR_INPUT || e == ERR_MEMORY);
    buf_put_string(out, err_text(e));
    CLAIM(buf_error(out) == ERR_OK);
    evbuffer_free(input);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const uint64_t pieces[] = {1, 5, 60};
    struct buf whole, split;
    transcribe(bytes, length, WHOLE, &whole);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        transcribe(bytes, length, pieces[i], &split);
        CLAIM(text_equal(buf_text(&whole), buf_text(&split)));
        buf_free(&split);
    }
    buf_free(&whole);
    return 0;
}
