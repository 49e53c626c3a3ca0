/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/route53.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>
#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/build.h"
#include "model/load_json.h"
#include "model/names.h"

/* An alias has no TTL of its own; Route 53 answers with this for its own targets. */
#define ALIAS_TTL 60
#define DEFAULT_TTL 300

/* An alias to an alias is followed this often. */
#define MAX_ALIASES 4

/* jansson counts bytes in an int. */
#define MAX_BYTES ((size_t)1 << 30)

/* One record set. */
struct set {
	const json_t *value;
	const char *name, *type;
	const char *id;         /* SetIdentifier: one of several with this name and type. */
	const char *alias;      /* AliasTarget.DNSName, or NULL. */
	unsigned rank;          /* 0 for one that answers; more for one that does not as a rule. */
	uint32_t line;
	size_t order;
};

struct convert {
	struct acml_arena *arena;
	struct acml_route53 *out;
	json_t **documents;
	size_t n_documents, cap_documents;
	struct set *sets;
	size_t n_sets, cap_sets;
	const struct set **sorted;
	uint32_t *lines;        /* Of the objects, see acml_route53_lines(). */
	size_t n_lines, next_line;
	bool more;              /* The last page says that it is not the last. */
	int error;
};

static const char *text_member(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* Ends a line of the text. */
static void end_line(struct convert *convert, uint32_t line)
{
	struct acml_route53 *out = convert->out;
	if (!ACML_ROOM(out->lines, out->n_lines, out->cap_lines)) {
		convert->error = KNOT_ENOMEM;
		return;
	}
	out->lines[out->n_lines++] = line;
	acml_text_byte(&out->text, '\n');
}

/* An empty line that stands for what is wrong. message: static or in the arena. */
static void add_fault(struct convert *convert, uint32_t line, bool fatal, const char *message)
{
	struct acml_route53 *out = convert->out;
	if (message == NULL || !ACML_ROOM(out->faults, out->n_faults, out->cap_faults)) {
		convert->error = KNOT_ENOMEM;
		return;
	}
	out->faults[out->n_faults++] = (struct acml_route53_fault) {
		.line = (uint32_t)out->n_lines + 1, .fatal = fatal, .message = message,
	};
	end_line(convert, line);
}

static uint32_t next_line(struct convert *convert)
{
	return convert->next_line < convert->n_lines ? convert->lines[convert->next_line++] : 0;
}

/* An answer comes from the others first: a weight of 0, the second of a failover pair. */
static unsigned rank_of(const json_t *value)
{
	const json_t *weight = json_object_get(value, "Weight");
	const char *failover = text_member(value, "Failover");
	return (json_is_integer(weight) && json_integer_value(weight) == 0) +
	       (failover != NULL && strcmp(failover, "SECONDARY") == 0);
}

static void add_set(struct convert *convert, const json_t *value, uint32_t line)
{
	struct set set = {
		.value = value,
		.name = text_member(value, "Name"),
		.type = text_member(value, "Type"),
		.id = text_member(value, "SetIdentifier"),
		.alias = text_member(json_object_get(value, "AliasTarget"), "DNSName"),
		.rank = rank_of(value),
		.line = line,
		.order = convert->n_sets,
	};
	if (set.name == NULL || set.type == NULL) {
		add_fault(convert, line, false, "a record set needs Name and Type, both of them texts");
	} else if (!ACML_ROOM(convert->sets, convert->n_sets, convert->cap_sets)) {
		convert->error = KNOT_ENOMEM;
	} else {
		convert->sets[convert->n_sets++] = set;
	}
}

static void add_page(struct convert *convert, const json_t *page, uint32_t line)
{
	const json_t *sets = json_object_get(page, "ResourceRecordSets");
	if (!json_is_array(sets)) {
		add_fault(convert, line, true, "the JSON has no list ResourceRecordSets, as aws route53 "
		          "list-resource-record-sets prints it");
		return;
	}
	convert->more = json_is_true(json_object_get(page, "IsTruncated")) ||
	                json_is_string(json_object_get(page, "NextToken"));
	for (size_t i = 0; i < json_array_size(sets); i++) {
		const json_t *set = json_array_get(sets, i);
		add_set(convert, set, json_is_object(set) ? next_line(convert) : line);
	}
}

static void add_document(struct convert *convert, const json_t *document, uint32_t line)
{
	if (json_is_object(document)) {
		add_page(convert, document, line);
		return;
	}
	for (size_t i = 0; i < json_array_size(document); i++) {
		const json_t *item = json_array_get(document, i);
		uint32_t at = json_is_object(item) ? next_line(convert) : line;
		if (json_object_get(item, "ResourceRecordSets") != NULL) {
			add_page(convert, item, at);
		} else {
			add_set(convert, item, at);
		}
	}
}

static uint32_t count_lines(const char *bytes, size_t size)
{
	uint32_t lines = 0;
	const char *end = bytes + size;
	while ((bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL) {
		lines++;
		bytes++;
	}
	return lines;
}

static size_t skip_blanks(const char *bytes, size_t at, size_t size)
{
	while (at < size && strchr(" \t\r\n", bytes[at]) != NULL && bytes[at] != '\0') {
		at++;
	}
	return at;
}

/* Every document is read before any is used: one that is broken leaves nothing behind. */
static bool load(struct convert *convert, const char *bytes, size_t size)
{
	size_t at = skip_blanks(bytes, 0, size);
	while (at < size) {
		uint32_t before = count_lines(bytes, at);
		json_error_t error = { .line = 0 };
		json_t *document = NULL;
		int ret = acml_load_json(bytes + at, size - at,
		                         JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES |
		                         JSON_ALLOW_NUL, &document, &error);
		if (ret == KNOT_ENOMEM) {
			convert->error = KNOT_ENOMEM;
			return false;
		} else if (ret != KNOT_EOK) {
			add_fault(convert, before + (uint32_t)error.line, true,
			          acml_arena_printf(convert->arena, "broken JSON at column %d: %s",
			                            error.column, error.text));
			return false;
		}
		if (!ACML_ROOM(convert->documents, convert->n_documents, convert->cap_documents)) {
			json_decref(document);
			convert->error = KNOT_ENOMEM;
			return false;
		}
		convert->documents[convert->n_documents++] = document;
		at = skip_blanks(bytes, at + (size_t)error.position, size);
	}
	return true;
}

static int by_name_and_type(const void *a, const void *b)
{
	const struct set *x = *(const struct set *const *)a;
	const struct set *y = *(const struct set *const *)b;
	int order = strcasecmp(x->name, y->name);
	return order != 0 ? order : strcmp(x->type, y->type);
}

static int by_rank(const void *a, const void *b)
{
	const struct set *x = *(const struct set *const *)a;
	const struct set *y = *(const struct set *const *)b;
	int order = by_name_and_type(a, b);
	if (order == 0 && x->rank != y->rank) {
		order = x->rank < y->rank ? -1 : 1;
	}
	return order != 0 ? order : (x->order < y->order ? -1 : x->order > y->order);
}

static void sort_sets(struct convert *convert)
{
	convert->sorted = calloc(convert->n_sets + 1, sizeof(*convert->sorted));
	if (convert->sorted == NULL) {
		convert->error = KNOT_ENOMEM;
		return;
	}
	for (size_t i = 0; i < convert->n_sets; i++) {
		convert->sorted[i] = &convert->sets[i];
	}
	qsort(convert->sorted, convert->n_sets, sizeof(*convert->sorted), by_rank);
}

/* The first set of this name and type in the order of ranks, or NULL. */
static const struct set *find_set(const struct convert *convert, const char *name,
                                  const char *type)
{
	const struct set key = { .name = name, .type = type }, *wanted = &key;
	size_t low = 0, high = convert->n_sets;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_name_and_type(&convert->sorted[middle], &wanted) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = low < convert->n_sets && by_name_and_type(&convert->sorted[low], &wanted) == 0;
	return found ? convert->sorted[low] : NULL;
}

/* The set whose records an alias answers with, where this hosted zone has it; else NULL. */
static const struct set *follow_alias(const struct convert *convert, const struct set *set)
{
	for (unsigned i = 0; set != NULL && set->alias != NULL && i < MAX_ALIASES; i++) {
		set = find_set(convert, set->alias, set->type);
	}
	return set != NULL && set->alias == NULL ? set : NULL;
}

static bool sound_type(const char *type)
{
	uint16_t number;
	return type[0] != '\0' && type[strspn(type, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] == '\0' &&
	       knot_rrtype_from_string(type, &number) == 0;
}

static bool ttl_of(const struct set *set, json_int_t *out_ttl)
{
	const json_t *ttl = json_object_get(set->value, "TTL");
	*out_ttl = set->alias != NULL ? ALIAS_TTL : DEFAULT_TTL;
	if (ttl == NULL || json_is_null(ttl)) {
		return true;
	}
	*out_ttl = json_integer_value(ttl);
	return json_is_integer(ttl) && *out_ttl >= 0 && *out_ttl <= INT32_MAX;
}

/* One record as one line. False: it cannot be one, and the line was not begun. */
static bool put_record(struct convert *convert, const struct set *set, json_int_t ttl,
                       const char *value, size_t size)
{
	struct acml_text *text = &convert->out->text;
	size_t start = text->size;
	bool sound = acml_route53_put_name(text, set->name, strlen(set->name));
	acml_text_format(text, " %lld IN %s ", (long long)ttl, set->type);
	sound = sound && acml_route53_put_value(text, value, size);
	if (!sound) {
		text->size = start;
		return text->failed;
	}
	end_line(convert, set->line);
	return true;
}

static void put_values(struct convert *convert, const struct set *set, const struct set *from)
{
	const json_t *records = json_object_get(from->value, "ResourceRecords");
	json_int_t ttl;
	if (!ttl_of(from, &ttl)) {
		add_fault(convert, set->line, false, "the TTL is no number from 0 to 2147483647");
		return;
	}
	if (json_array_size(records) == 0) {
		add_fault(convert, set->line, false,
		          "a record set needs ResourceRecords or an AliasTarget");
		return;
	}
	for (size_t i = 0; i < json_array_size(records) && convert->error == KNOT_EOK; i++) {
		const json_t *value = json_object_get(json_array_get(records, i), "Value");
		if (!json_is_string(value) ||
		    !put_record(convert, set, ttl, json_string_value(value),
		                json_string_length(value))) {
			add_fault(convert, set->line, false,
			          "a Value that cannot stand in a zone: quotes that do not close, a "
			          "control character, or no text at all");
		}
	}
}

/* An alias to something outside this hosted zone answers with addresses that only Route 53 knows.
 * Unspecified ones take their place, so that the name has the data that it has. */
static void put_alias(struct convert *convert, const struct set *set)
{
	char value[ACML_NAME_TEXT + 8];
	if (strcmp(set->type, "A") == 0) {
		put_record(convert, set, ALIAS_TTL, "0.0.0.0", 7);
	} else if (strcmp(set->type, "AAAA") == 0) {
		put_record(convert, set, ALIAS_TTL, "::", 2);
	} else if (strcmp(set->type, "HTTPS") == 0 &&
	           snprintf(value, sizeof(value), "0 %s", set->alias) < (int)sizeof(value)) {
		put_record(convert, set, ALIAS_TTL, value, strlen(value));
	}
}

/* A name in a master file's way, in the arena. NULL: without memory (remembered), or unsound. */
static const char *plain_name(struct convert *convert, const char *name)
{
	struct acml_text text = { 0 };
	bool sound = acml_route53_put_name(&text, name, strlen(name));
	const char *out = NULL;
	if (text.failed) {
		convert->error = KNOT_ENOMEM;
	} else if (sound) {
		out = acml_arena_strdup(convert->arena, text.bytes);
		convert->error = out == NULL ? KNOT_ENOMEM : convert->error;
	}
	acml_text_clear(&text);
	return out;
}

static void add_odd(struct convert *convert, const struct set *set, bool kept, bool stand_in)
{
	struct acml_route53 *out = convert->out;
	knot_dname_storage_t owner;
	const char *name = plain_name(convert, set->name);
	struct acml_odd_set odd = { .line = set->line, .kept = kept, .stand_in = stand_in };
	if (name == NULL || !acml_name_parse(name, owner)) {
		return; /* The reader says what is wrong with it. */
	}
	odd.owner = acml_name_dup(convert->arena, owner);
	odd.alias = set->alias == NULL ? NULL : acml_arena_strdup(convert->arena, set->alias);
	odd.id = set->id == NULL ? NULL : acml_arena_strdup(convert->arena, set->id);
	(void)knot_rrtype_from_string(set->type, &odd.type);
	if (odd.owner == NULL || (set->alias != NULL && odd.alias == NULL) ||
	    (set->id != NULL && odd.id == NULL) ||
	    !ACML_ROOM(out->odd, out->n_odd, out->cap_odd)) {
		convert->error = KNOT_ENOMEM;
	} else {
		out->odd[out->n_odd++] = odd;
	}
}

static void put_set(struct convert *convert, const struct set *set)
{
	if (!sound_type(set->type)) {
		add_fault(convert, set->line, false, "an unknown Type");
		return;
	}
	if (strcmp(set->type, "SOA") == 0 && convert->out->apex == NULL && set->alias == NULL) {
		convert->out->apex = plain_name(convert, set->name);
	}
	/* Of several CNAMEs that take turns one is the answer at a time, never two. */
	bool first = find_set(convert, set->name, set->type) == set;
	bool dropped = !first && set->id != NULL && strcmp(set->type, "CNAME") == 0;
	const struct set *from = follow_alias(convert, set);
	if (set->id != NULL || set->alias != NULL) {
		add_odd(convert, set, !dropped, from == NULL);
	}
	if (dropped) {
		return;
	}
	if (from != NULL) {
		put_values(convert, set, from);
	} else {
		put_alias(convert, set);
	}
}

static void put_all(struct convert *convert)
{
	uint32_t line = 1;
	for (size_t i = 0; i < convert->n_documents && convert->error == KNOT_EOK; i++) {
		add_document(convert, convert->documents[i], line);
	}
	if (convert->error == KNOT_EOK) {
		sort_sets(convert);
	}
	for (size_t i = 0; i < convert->n_sets && convert->error == KNOT_EOK; i++) {
		put_set(convert, &convert->sets[i]);
	}
	if (convert->more && convert->error == KNOT_EOK) {
		line = convert->n_sets > 0 ? convert->sets[convert->n_sets - 1].line : 1;
		add_fault(convert, line, true, "the last page says that there are more record sets: "
		          "IsTruncated or NextToken");
	}
}

static void convert_all(struct convert *convert, const char *bytes, size_t size)
{
	/* Whatever has no final dot is absolute. */
	acml_text_add(&convert->out->text, "$ORIGIN .", 9);
	end_line(convert, 1);
	if (size > MAX_BYTES) {
		add_fault(convert, 1, true, "the JSON is larger than 1 GiB");
	} else if (convert->error == KNOT_EOK && load(convert, bytes, size)) {
		convert->error = acml_route53_lines(bytes, size, &convert->lines,
		                                    &convert->n_lines);
		if (convert->error == KNOT_EOK) {
			put_all(convert);
		}
	}
}

int acml_route53_convert(struct acml_arena *arena, const char *bytes, size_t size,
                         struct acml_route53 *out)
{
	*out = (struct acml_route53) { 0 };
	struct convert convert = { .arena = arena, .out = out };
	convert_all(&convert, bytes, size);
	if (out->text.failed) {
		convert.error = KNOT_ENOMEM;
	}
	for (size_t i = 0; i < convert.n_documents; i++) {
		json_decref(convert.documents[i]);
	}
	free(convert.documents);
	free(convert.sets);
	free(convert.sorted);
	free(convert.lines);
	if (convert.error != KNOT_EOK) {
		acml_route53_clear(out);
	}
	return convert.error;
}

static uint32_t json_line(const struct acml_route53 *route53, uint32_t line)
{
	return line > 0 && line <= route53->n_lines ? route53->lines[line - 1] : line;
}

void acml_route53_place(const struct acml_route53 *route53, struct acml_zone *zone)
{
	struct acml_rr *rrs = (struct acml_rr *)zone->rrs;
	struct acml_rr *outside = (struct acml_rr *)zone->outside;
	struct acml_problem *problems = (struct acml_problem *)zone->problems;
	for (size_t i = 0; i < zone->n_rrs; i++) {
		rrs[i].line = json_line(route53, rrs[i].line);
	}
	for (size_t i = 0; i < zone->n_outside; i++) {
		outside[i].line = json_line(route53, outside[i].line);
	}
	for (size_t i = 0; i < zone->n_problems; i++) {
		problems[i].line = json_line(route53, problems[i].line);
	}
}

void acml_route53_clear(struct acml_route53 *route53)
{
	acml_text_clear(&route53->text);
	free(route53->lines);
	free(route53->faults);
	free(route53->odd);
	*route53 = (struct acml_route53) { 0 };
}
