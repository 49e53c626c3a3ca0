/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "commit_above.h"

#include <libknot/errcode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/names.h"
#include "state.h"

/* Of seconds, how long it is believed that a zone is not there. */
#define ABSENT_AGE 60

/* More than any one name can have. */
#define TEXT_LIMIT ((size_t)16 << 20)

/* All names are absolute. */
#define HEAD "$ORIGIN .\n"

static int64_t seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

void acml_absent_init(struct acml_absent *absent)
{
	*absent = (struct acml_absent){ .since = 0 };
	pthread_mutex_init(&absent->mutex, NULL);
}

static void forget(struct acml_absent *absent)
{
	for (size_t i = 0; i < ACML_ABSENT_MAX; i++) {
		free(absent->names[i]);
		absent->names[i] = NULL;
	}
	absent->since = 0;
}

void acml_absent_clear(struct acml_absent *absent)
{
	forget(absent);
	pthread_mutex_destroy(&absent->mutex);
}

void acml_absent_forget(struct acml_absent *absent)
{
	pthread_mutex_lock(&absent->mutex);
	if (absent->since != 0) {
		forget(absent);
	}
	pthread_mutex_unlock(&absent->mutex);
}

static knot_dname_t **place_of(struct acml_absent *absent, const knot_dname_t *zone)
{
	return &absent->names[acml_hash(ACML_HASH, zone, knot_dname_size(zone)) &
	                      (ACML_ABSENT_MAX - 1)];
}

static bool is_absent(struct acml_absent *absent, const knot_dname_t *zone)
{
	pthread_mutex_lock(&absent->mutex);
	if (absent->since != 0 && seconds() - absent->since > ABSENT_AGE) {
		forget(absent);
	}
	const knot_dname_t *known = *place_of(absent, zone);
	bool found = known != NULL && knot_dname_is_equal(known, zone);
	pthread_mutex_unlock(&absent->mutex);
	return found;
}

static void set_absent(struct acml_absent *absent, const knot_dname_t *zone)
{
	knot_dname_t *copy = knot_dname_copy(zone, NULL);
	pthread_mutex_lock(&absent->mutex);
	knot_dname_t **place = place_of(absent, zone);
	if (copy != NULL) {
		free(*place);
		*place = copy;
		absent->since = absent->since != 0 ? absent->since : seconds();
	}
	pthread_mutex_unlock(&absent->mutex);
}

/* Lines as "owner TTL type data"; no blank is in an owner. */
static bool has_type(const char *text, const char *type)
{
	size_t size = strlen(type);
	for (const char *line = text; *line != '\0'; ) {
		const char *field = line;
		for (int i = 0; i < 2; i++) {
			field += strcspn(field, " \n");
			field += *field == ' ';
		}
		if (strcspn(field, " \n") == size && strncmp(field, type, size) == 0) {
			return true;
		}
		line = strchrnul(line, '\n');
		line += *line == '\n';
	}
	return false;
}

/* What the zone above has at a name. *out_text is NULL: nothing. */
static enum acml_reply read_name(struct acml_control *control, const knot_dname_t *above,
                                 const knot_dname_t *name, bool *out_lacks, char **out_text)
{
	char zone[ACML_NAME_TEXT], owner[ACML_NAME_TEXT], *text = NULL;
	size_t size = 0;
	acml_name_text(above, zone);
	acml_name_text(name, owner);
	enum acml_reply reply = acml_control_read(control, zone, owner, TEXT_LIMIT, &text, &size);
	*out_lacks = reply == ACML_REPLY_CLOSED && acml_control_lacks_zone(control);
	if (reply == ACML_REPLY_CLOSED) {
		reply = ACML_REPLY_DONE;
	}
	*out_text = text;
	return reply == ACML_REPLY_UNSURE ? ACML_REPLY_BUSY : reply;
}

/* The text says that it is of a zone: then the parser takes what is not there for absent. */
static char *with_head(const knot_dname_t *above, char *text)
{
	char zone[ACML_NAME_TEXT], *whole = NULL;
	acml_name_text(above, zone);
	if (asprintf(&whole, HEAD "%s 0 SOA . . 0 0 0 0 0\n%s 0 NS .\n%s", zone, zone,
	             text) < 0) {
		whole = NULL;
	}
	free(text);
	return whole;
}

/* A cut between the zone above and the zone has what the zone above says below it hidden. */
static enum acml_reply find_cut(struct acml_control *control, const knot_dname_t *above,
                                const knot_dname_t *zone, bool *out_cut)
{
	enum acml_reply reply = ACML_REPLY_DONE;
	const knot_dname_t *name = acml_name_parent(zone);
	*out_cut = false;
	while (reply == ACML_REPLY_DONE && !*out_cut && !knot_dname_is_equal(name, above)) {
		char *text = NULL;
		bool lacks;
		reply = read_name(control, above, name, &lacks, &text);
		*out_cut = text != NULL && has_type(text, "NS");
		free(text);
		name = acml_name_parent(name);
	}
	return reply;
}

/* What the nearest zone above on this server has at the zone's name, if it is the parent. *out_text
 * is NULL: nothing. */
static enum acml_reply read_above(struct acml_absent *absent, struct acml_control *control,
                                  const knot_dname_t *zone, char **out_text)
{
	enum acml_reply reply = ACML_REPLY_DONE;
	const knot_dname_t *above = zone;
	char *text = NULL;
	bool lacks = true, hidden = false;
	while (reply == ACML_REPLY_DONE && lacks && above[0] != 0) {
		above = acml_name_parent(above);
		if (is_absent(absent, above)) {
			continue;
		}
		reply = read_name(control, above, zone, &lacks, &text);
		if (lacks && reply == ACML_REPLY_DONE) {
			set_absent(absent, above);
		}
	}
	bool delegated = text != NULL && has_type(text, "NS");
	if (delegated) {
		reply = find_cut(control, above, zone, &hidden);
	}
	if (delegated && !hidden && reply == ACML_REPLY_DONE) {
		*out_text = with_head(above, text);
		return *out_text != NULL ? ACML_REPLY_DONE : ACML_REPLY_BUSY;
	}
	free(text);
	*out_text = NULL;
	return reply;
}

enum acml_reply acml_above_listen(struct acml_above *above, struct acml_absent *absent,
                                  struct acml_control *control, const knot_dname_t *zone,
                                  bool is_signed)
{
	char *text = NULL;
	enum acml_reply reply = read_above(absent, control, zone, &text);
	if (reply != ACML_REPLY_DONE) {
		return reply;
	}
	if (text != NULL && !is_signed && !has_type(text, "DS")) {
		free(text);
		text = NULL;
	}
	bool same = text == NULL || above->heard == NULL ? text == above->heard :
	            strcmp(text, above->heard) == 0;
	if (same) {
		free(text);
	} else {
		free(above->heard);
		above->heard = text;
		above->outdated = true;
	}
	return ACML_REPLY_DONE;
}

static int parse(const knot_dname_t *zone, const char *text, struct acml_parent **out_parent)
{
	const struct acml_parent_options options = { .wanted = &zone, .n_wanted = 1 };
	struct acml_fault fault;
	char name[ACML_NAME_TEXT + 8];
	const char *above = text + strlen(HEAD);
	snprintf(name, sizeof(name), "zone %.*s", (int)strcspn(above, " "), above);
	return acml_parent_parse(name, text, strlen(text), &options, out_parent, &fault);
}

bool acml_above_learn(struct acml_above *above, const knot_dname_t *zone)
{
	struct acml_parent *parent = NULL;
	if (!above->outdated) {
		return true;
	}
	/* What is malformed says nothing. */
	if (above->heard != NULL && parse(zone, above->heard, &parent) == KNOT_ENOMEM) {
		return false;
	}
	acml_parent_free(above->parent);
	above->parent = parent;
	above->outdated = false;
	return true;
}

void acml_above_clear(struct acml_above *above)
{
	free(above->heard);
	acml_parent_free(above->parent);
	*above = (struct acml_above){ 0 };
}
