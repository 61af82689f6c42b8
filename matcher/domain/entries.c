#include "domain/entries.h"

#include "domain/export_lines.h"

#include <string.h>

static void forget(struct entries_tree *tree)
{
    merkle_tree_free(&tree->tree);
    tree->used = 0;
}

void entries_free(struct entries *entries)
{
    for (size_t i = 0; i < ENTRIES_ROUNDS; i++)
        forget(&entries->trees[i]);
}

static struct entries_tree *find(struct entries *entries, ProtobufCBinaryData round_id)
{
    for (size_t i = 0; i < ENTRIES_ROUNDS; i++) {
        struct entries_tree *tree = &entries->trees[i];
        if (tree->used && round_id.len == ID_BYTES && memcmp(tree->round_id, round_id.data, ID_BYTES) == 0)
            return tree;
    }
    return NULL;
}

void entries_forget(struct entries *entries, ProtobufCBinaryData round_id)
{
    struct entries_tree *tree = find(entries, round_id);
    entries->forgotten++;
    if (tree)
        forget(tree);
}

static enum err add_row(struct buf *line, struct merkle_tree *tree, size_t index)
{
    enum err e = buf_error(line);
    if (e == ERR_OK)
        merkle_leaf(export_row(line), tree->nodes[index]);
    buf_clear(line);
    return e;
}

/* In the order of export_digest. */
static enum err make_tree(const struct round_input *input, struct merkle_tree *out)
{
    struct merkle_tree tree;
    struct buf line;
    enum err e = merkle_tree_new(input->student_count + input->place_count, &tree);
    if (e != ERR_OK)
        return e;
    buf_init(&line, EXPORT_LINE_BYTES_MAX);
    for (size_t i = 0; i < input->student_count && e == ERR_OK; i++) {
        export_student_line(&line, input, &input->students[i]);
        e = add_row(&line, &tree, i);
    }
    for (size_t i = 0; i < input->place_count && e == ERR_OK; i++) {
        export_placement_line(&line, &input->places[i]);
        e = add_row(&line, &tree, input->student_count + i);
    }
    buf_free(&line);
    if (e != ERR_OK) {
        merkle_tree_free(&tree);
        return e;
    }
    merkle_tree_finish(&tree);
    *out = tree;
    return ERR_OK;
}

static bool has_root(const struct merkle_tree *tree, const RoundRecord *record)
{
    return record->entries_root.len == DIGEST_BYTES &&
           memcmp(merkle_tree_root(tree), record->entries_root.data, DIGEST_BYTES) == 0;
}

/* Without leaves where it is not the input that was sealed. */
static enum err read_tree(const struct state *state, const RoundRecord *record, struct merkle_tree *out)
{
    struct round_input input;
    struct merkle_tree tree = {.count = 0};
    enum err e = round_sealed_input(state, record, &input);
    if (e != ERR_OK)
        return e;
    if (input.student_count == record->student_count && input.student_count + input.place_count)
        e = make_tree(&input, &tree);
    round_input_free(&input);
    if (e != ERR_OK)
        return e;
    if (tree.count && !has_root(&tree, record))
        merkle_tree_free(&tree);
    *out = tree;
    return ERR_OK;
}

/* A free place, once there is room for so many entries more. */
static struct entries_tree *make_room(struct entries *entries, size_t count)
{
    for (;;) {
        struct entries_tree *oldest = NULL, *place = NULL;
        size_t held = 0;
        for (size_t i = 0; i < ENTRIES_ROUNDS; i++) {
            struct entries_tree *tree = &entries->trees[i];
            held += tree->tree.count;
            if (!tree->used)
                place = tree;
            else if (!oldest || tree->used < oldest->used)
                oldest = tree;
        }
        if (place && (!oldest || held + count <= ENTRIES_MAX))
            return place;
        forget(oldest);
    }
}

/* Keeps the tree, and takes it. */
static struct entries_tree *keep(struct entries *entries, const RoundRecord *record, struct merkle_tree tree)
{
    struct entries_tree *place = make_room(entries, tree.count);
    place->tree = tree;
    place->used = ++entries->uses;
    memcpy(place->round_id, record->round_id.data, ID_BYTES);
    return place;
}

static const RoundRecord *round_of(const struct state *state, const uint8_t round_id[ID_BYTES])
{
    return state_find(state, RECORD_ROUND, (struct text){(const char *)round_id, ID_BYTES});
}

/* One after another: who waits asks again. */
static void want(struct entries *entries, const struct state *state, const RoundRecord *record)
{
    if (entries->is_wanted && round_of(state, entries->wanted))
        return;
    entries->is_wanted = true;
    memcpy(entries->wanted, record->round_id.data, ID_BYTES);
}

/* The tree of a round, from memory or made; NULL: it is wanted. */
static enum err tree_of(struct entries *entries, const struct state *state, const RoundRecord *record,
                        const struct merkle_tree **out)
{
    struct entries_tree *place = find(entries, record->round_id);
    if (!place) {
        struct merkle_tree tree;
        if (record->student_count > ENTRIES_MAX || record->placement_count > ENTRIES_MAX - record->student_count)
            return ERR_RANGE;
        if (record->student_count + record->placement_count > ENTRIES_AT_ONCE) {
            want(entries, state, record);
            *out = NULL;
            return ERR_OK;
        }
        enum err e = read_tree(state, record, &tree);
        if (e != ERR_OK)
            return e;
        place = keep(entries, record, tree);
    }
    place->used = ++entries->uses;
    *out = &place->tree;
    return ERR_OK;
}

bool entries_next(const struct entries *entries, const struct state *state, struct solve_request *out)
{
    if (!entries->is_wanted || !round_of(state, entries->wanted))
        return false;
    *out = (struct solve_request){.entries = true, .up_to_seq = entries->forgotten};
    memcpy(out->round_id, entries->wanted, ID_BYTES);
    return true;
}

enum err entries_make(const struct state *state, const struct solve_request *request, struct buf *result)
{
    struct merkle_tree tree;
    const RoundRecord *record = round_of(state, request->round_id);
    enum err e = record ? read_tree(state, record, &tree) : ERR_MISSING;
    if (e != ERR_OK)
        return e;
    buf_put(result, tree.nodes, merkle_tree_nodes(tree.count) * sizeof *tree.nodes);
    merkle_tree_free(&tree);
    return buf_error(result);
}

/* From the bytes of its nodes; without leaves where there are none, or others than the round has. */
static enum err unpack_tree(struct text bytes, const RoundRecord *record, struct merkle_tree *out)
{
    struct merkle_tree tree = {.count = 0};
    size_t count = (size_t)(record->student_count + record->placement_count);
    if (count && bytes.length == merkle_tree_nodes(count) * sizeof *tree.nodes) {
        enum err e = merkle_tree_new(count, &tree);
        if (e != ERR_OK)
            return e;
        memcpy(tree.nodes, bytes.data, bytes.length);
        if (!has_root(&tree, record))
            merkle_tree_free(&tree);
    }
    *out = tree;
    return ERR_OK;
}

enum err entries_made(struct entries *entries, const struct state *state, const struct solve_request *request,
                      struct text result, const char *failure)
{
    struct merkle_tree tree;
    const RoundRecord *record = round_of(state, request->round_id);
    entries->is_wanted = false;
    if (failure || !record || request->up_to_seq != entries->forgotten || find(entries, record->round_id))
        return ERR_OK;
    enum err e = unpack_tree(result, record, &tree);
    if (e == ERR_OK)
        (void)keep(entries, record, tree);
    return e;
}

enum err entries_prove(struct entries *entries, const struct state *state, const RoundRecord *record, struct text row,
                       struct entry_proof *out)
{
    uint8_t leaf[DIGEST_BYTES];
    size_t index = 0;
    const struct merkle_tree *tree;
    enum err e = tree_of(entries, state, record, &tree);
    if (e != ERR_OK)
        return e;
    out->waits = !tree;
    if (!tree)
        return ERR_OK;
    merkle_leaf(row, leaf);
    while (index < tree->count && memcmp(tree->nodes[index], leaf, sizeof leaf) != 0)
        index++;
    if (index == tree->count)
        return ERR_MISSING;
    out->index = index;
    out->count = tree->count;
    out->path_length = merkle_tree_path(tree, index, out->path);
    return ERR_OK;
}
