/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "facts/parent.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/error.h>

#include "facts/parent_build.h"
#include "model/build.h"
#include "model/names.h"
#include "model/zone.h"

/* Files from this size on are mapped and not read: pages of a whole parent zone come and go. */
#define MAP_SIZE (1 << 20)

static int name_compare(const void *a, const void *b)
{
	const knot_dname_t *const *x = a, *const *y = b;
	return knot_dname_cmp(*x, *y);
}

bool acml_parent_wants(const struct acml_parent_build *build, const knot_dname_t *name)
{
	return build->wanted == NULL ||
	       bsearch(&name, build->wanted, build->options->n_wanted, sizeof(name),
	               name_compare) != NULL;
}

int acml_parent_say(struct acml_parent_build *build, const struct acml_statement *statement)
{
	struct acml_arena *arena = &build->parent->arena;
	if (!ACML_ROOM(build->list, build->count, build->capacity)) {
		return KNOT_ENOMEM;
	}
	struct acml_statement copy = *statement;
	copy.order = build->count;
	copy.child = acml_name_dup(arena, statement->child);
	if (copy.ds.digest != NULL) {
		copy.ds.digest = acml_arena_dup(arena, copy.ds.digest, copy.ds.digest_size);
	}
	if (copy.ns.name != NULL) {
		copy.ns.name = acml_name_dup(arena, copy.ns.name);
	}
	if (copy.text != NULL) {
		copy.text = acml_arena_strdup(arena, copy.text);
	}
	if (copy.child == NULL || (statement->ds.digest != NULL && copy.ds.digest == NULL) ||
	    (statement->ns.name != NULL && copy.ns.name == NULL) ||
	    (statement->text != NULL && copy.text == NULL)) {
		return KNOT_ENOMEM;
	}
	build->list[build->count++] = copy;
	return KNOT_EOK;
}

int acml_parent_fault(const struct acml_document *document, uint32_t line, uint32_t column,
                      const char *format, ...)
{
	struct acml_fault *fault = document->build->fault;
	snprintf(fault->file, sizeof(fault->file), "%s", document->name);
	fault->line = line;
	fault->column = column;
	va_list args;
	va_start(args, format);
	vsnprintf(fault->message, sizeof(fault->message), format, args);
	va_end(args);
	return KNOT_EMALF;
}

static int statement_compare(const void *a, const void *b)
{
	const struct acml_statement *x = a, *y = b;
	int order = knot_dname_cmp(x->child, y->child);
	if (order == 0) {
		order = x->kind < y->kind ? -1 : x->kind > y->kind;
	}
	return order != 0 ? order : (x->order < y->order ? -1 : x->order > y->order);
}

static bool same_ds(const struct acml_parent_ds *a, const struct acml_parent_ds *b)
{
	return a->key_tag == b->key_tag && a->algorithm == b->algorithm &&
	       a->digest_type == b->digest_type && a->digest_size == b->digest_size &&
	       memcmp(a->digest, b->digest, a->digest_size) == 0;
}

static void add_ds(struct acml_child *child, struct acml_parent_ds *list,
                   const struct acml_statement *statement)
{
	for (size_t i = 0; i < child->n_ds; i++) {
		if (same_ds(&list[i], &statement->ds)) {
			return;
		}
	}
	list[child->n_ds++] = statement->ds;
	child->ds_known = true;
}

static void add_ns(struct acml_parent_ns *list, size_t *count,
                   const struct acml_statement *statement)
{
	for (size_t i = 0; i < *count; i++) {
		if (acml_name_equal(list[i].name, statement->ns.name)) {
			return;
		}
	}
	list[(*count)++] = statement->ns;
}

/* Statements about one child come by kind. What is registered is worth more than what should be. */
static int fill_child(struct acml_arena *arena, const struct acml_statement *list, size_t count,
                      struct acml_child *child)
{
	struct acml_parent_ds *ds = acml_arena_alloc(arena, count * sizeof(*ds));
	struct acml_parent_ns *ns = acml_arena_alloc(arena, count * sizeof(*ns));
	struct acml_parent_ns *hosted = acml_arena_alloc(arena, count * sizeof(*hosted));
	if (ds == NULL || ns == NULL || hosted == NULL) {
		return KNOT_ENOMEM;
	}
	*child = (struct acml_child){
		.apex = list->child, .ds = ds, .ns = ns, .hosted_ns = hosted,
	};
	bool registered = list[0].kind <= ACML_SAYS_DS_LISTED;
	for (size_t i = 0; i < count; i++) {
		switch (list[i].kind) {
		case ACML_SAYS_DS:
			add_ds(child, ds, &list[i]);
			break;
		case ACML_SAYS_DS_LISTED:
			child->ds_known = true;
			break;
		case ACML_SAYS_DS_ADVISED:
			if (!registered) {
				add_ds(child, ds, &list[i]);
			}
			break;
		case ACML_SAYS_NS:
			child->ns_known = true;
			add_ns(ns, &child->n_ns, &list[i]);
			break;
		case ACML_SAYS_HOSTED_NS:
			add_ns(hosted, &child->n_hosted_ns, &list[i]);
			break;
		case ACML_SAYS_HOSTED:
			child->hosted_private |= list[i].flag;
			child->hosted_file = list[i].text;
			break;
		case ACML_SAYS_SERVED:
			child->serve_signature = list[i].text;
			break;
		case ACML_SAYS_PLAIN:
			child->plain = true;
			break;
		}
	}
	return KNOT_EOK;
}

static int settle(struct acml_parent_build *build)
{
	struct acml_parent *parent = build->parent;
	if (build->count == 0) {
		return KNOT_EOK;
	}
	qsort(build->list, build->count, sizeof(*build->list), statement_compare);
	struct acml_child *children = acml_arena_alloc(&parent->arena,
	                                               build->count * sizeof(*children));
	if (children == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t first = 0, end; first < build->count; first = end) {
		end = first + 1;
		while (end < build->count &&
		       acml_name_equal(build->list[first].child, build->list[end].child)) {
			end++;
		}
		int ret = fill_child(&parent->arena, &build->list[first], end - first,
		                     &children[parent->n_children++]);
		if (ret != KNOT_EOK) {
			return ret;
		}
	}
	parent->children = children;
	return KNOT_EOK;
}

static int build_start(struct acml_parent_build *build)
{
	const struct acml_parent_options *options = build->options;
	build->parent = calloc(1, sizeof(*build->parent));
	if (build->parent == NULL) {
		return KNOT_ENOMEM;
	}
	if (options->wanted != NULL) {
		build->wanted = calloc(options->n_wanted + 1, sizeof(*build->wanted));
		if (build->wanted == NULL) {
			return KNOT_ENOMEM;
		}
		memcpy(build->wanted, options->wanted, options->n_wanted * sizeof(*build->wanted));
		qsort(build->wanted, options->n_wanted, sizeof(*build->wanted), name_compare);
	}
	return KNOT_EOK;
}

/* Hands the parent over, or frees everything. */
static int build_end(struct acml_parent_build *build, int ret, struct acml_parent **out_parent)
{
	if (ret == KNOT_EOK) {
		ret = settle(build);
	}
	acml_scanner_free(build->scanner);
	free(build->wanted);
	free(build->list);
	if (ret == KNOT_EOK) {
		*out_parent = build->parent;
	} else {
		acml_parent_free(build->parent);
	}
	return ret;
}

static int read_short(struct acml_document *document, bool *out_done)
{
	bool is_short = false;
	int ret = document->size < MAP_SIZE ? acml_parent_short(document, &is_short) : KNOT_EOK;
	*out_done = is_short;
	return ret;
}

static int read_document(struct acml_parent_build *build, const char *name, const char *bytes,
                         size_t size)
{
	struct acml_document document = {
		.build = build,
		.name = acml_arena_strdup(&build->parent->arena, name),
		.bytes = bytes,
		.size = size,
	};
	if (document.name == NULL) {
		return KNOT_ENOMEM;
	}
	size_t blank = 0;
	while (blank < size && strchr(" \t\r\n", bytes[blank]) != NULL && bytes[blank] != '\0') {
		blank++;
	}
	if (blank < size && (bytes[blank] == '{' || bytes[blank] == '[')) {
		return acml_parent_json(&document);
	}
	bool done = false;
	int ret = read_short(&document, &done);
	return ret == KNOT_EOK && !done ? acml_parent_text(&document) : ret;
}

static void *map_large(const char *path, size_t *out_size)
{
	struct stat info;
	int fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	void *map = MAP_FAILED;
	if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size >= MAP_SIZE) {
		*out_size = (size_t)info.st_size;
		map = mmap(NULL, *out_size, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	if (fd >= 0) {
		close(fd);
	}
	return map;
}

/* Reads a file in the way that suits it. */
static int read_path(struct acml_parent_build *build, const char *path)
{
	size_t limit = build->options->limit, size = 0;
	void *map = limit == 0 ? map_large(path, &size) : MAP_FAILED;
	if (map != MAP_FAILED) {
		(void)madvise(map, size, MADV_SEQUENTIAL);
		int ret = read_document(build, path, map, size);
		(void)munmap(map, size);
		return ret;
	}
	char *bytes = NULL;
	int ret = acml_slurp(path, limit, &bytes, &size);
	if (ret == KNOT_EOK) {
		ret = read_document(build, path, bytes, size);
		free(bytes);
	} else if (ret != KNOT_ENOMEM) {
		const struct acml_document document = { .build = build, .name = path };
		(void)acml_parent_fault(&document, 0, 0, "%s",
		                        ret == KNOT_ERANGE ? "too large" : knot_strerror(ret));
	}
	return ret;
}

int acml_parent_read(const char *const *paths, size_t n_paths,
                     const struct acml_parent_options *options,
                     struct acml_parent **out_parent, struct acml_fault *out_fault)
{
	struct acml_parent_build build = { .options = options, .fault = out_fault };
	int ret = build_start(&build);
	for (size_t i = 0; ret == KNOT_EOK && i < n_paths; i++) {
		ret = read_path(&build, paths[i]);
	}
	return build_end(&build, ret, out_parent);
}

int acml_parent_parse(const char *name, const char *bytes, size_t size,
                      const struct acml_parent_options *options,
                      struct acml_parent **out_parent, struct acml_fault *out_fault)
{
	struct acml_parent_build build = { .options = options, .fault = out_fault };
	int ret = build_start(&build);
	if (ret == KNOT_EOK) {
		ret = read_document(&build, name, bytes, size);
	}
	return build_end(&build, ret, out_parent);
}

const struct acml_child *acml_parent_child(const struct acml_parent *parent,
                                           const knot_dname_t *apex)
{
	size_t low = 0, high = parent != NULL ? parent->n_children : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = knot_dname_cmp(parent->children[middle].apex, apex);
		if (order == 0) {
			return &parent->children[middle];
		} else if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

static int say_records(struct acml_parent_build *build, const struct acml_zone *zone,
                       const knot_dname_t *child)
{
	struct acml_rrset ds = acml_zone_rrset(zone, child, KNOT_RRTYPE_DS);
	struct acml_rrset ns = acml_zone_rrset(zone, child, KNOT_RRTYPE_NS);
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < ns.count + ds.count; i++) {
		const struct acml_rr *rr = i < ns.count ? &ns.rrs[i] : &ds.rrs[i - ns.count];
		struct acml_document document = {
			.build = build,
			.name = acml_arena_strdup(&build->parent->arena, zone->files[rr->file]),
		};
		ret = document.name == NULL ? KNOT_ENOMEM : acml_parent_record(&document, rr);
	}
	struct acml_statement statement = { .child = child, .kind = ACML_SAYS_DS_LISTED };
	if (ret == KNOT_EOK) {
		ret = acml_parent_say(build, &statement);
	}
	if (ret == KNOT_EOK && !zone->has_dnssec) {
		statement.kind = ACML_SAYS_PLAIN;
		ret = acml_parent_say(build, &statement);
	}
	return ret;
}

static int say_zone(struct acml_parent_build *build, const struct acml_zone *zone)
{
	const struct acml_parent_options *options = build->options;
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < options->n_wanted; i++) {
		const knot_dname_t *child = options->wanted[i];
		if (!acml_name_below(child, zone->apex)) {
			continue;
		}
		const struct acml_node *cut = acml_zone_cut(zone, child);
		if (zone->complete && cut != NULL && acml_name_equal(cut->owner, child)) {
			ret = say_records(build, zone, child);
		}
	}
	return ret;
}

int acml_parent_from_zones(const struct acml_zone *const *zones, size_t n_zones,
                           const struct acml_parent_options *options,
                           struct acml_parent **out_parent)
{
	struct acml_fault fault;
	struct acml_parent_build build = { .options = options, .fault = &fault };
	int ret = build_start(&build);
	for (size_t i = 0; ret == KNOT_EOK && i < n_zones; i++) {
		ret = say_zone(&build, zones[i]);
	}
	return build_end(&build, ret, out_parent);
}

void acml_parent_free(struct acml_parent *parent)
{
	if (parent != NULL) {
		acml_arena_clear(&parent->arena);
		free(parent);
	}
}
