/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "control.h"

#include <libknot/libknot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compat.h"

/* An answer is waited for in slices, so that who waits can be stopped. */
#define SLICE 50

/* Beyond the server's own timeout. */
#define PATIENCE 1000

/* For the rest of an answer whose first part is here. */
#define REST 10000

struct acml_control {
	knot_ctl_t *ctl;
	struct acml_control_options options;
	bool connected;
	bool lacks_zone;
	int fault;
	char path[];
};

static int64_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

struct acml_control *acml_control_new(const struct acml_control_options *options)
{
	size_t size = strlen(options->path) + 1;
	struct acml_control *control = calloc(1, sizeof(*control) + size);
	knot_ctl_t *ctl = knot_ctl_alloc();
	if (control == NULL || ctl == NULL) {
		free(control);
		knot_ctl_free(ctl);
		return NULL;
	}
	control->ctl = ctl;
	control->options = *options;
	memcpy(control->path, options->path, size);
	control->options.path = control->path;
	return control;
}

void acml_control_free(struct acml_control *control)
{
	if (control != NULL) {
		acml_control_close(control);
		knot_ctl_free(control->ctl);
		free(control);
	}
}

void acml_control_close(struct acml_control *control)
{
	if (control->connected) {
		/* Told, the server need not find out by itself. */
		(void)knot_ctl_send(control->ctl, KNOT_CTL_TYPE_END, NULL);
		knot_ctl_close(control->ctl);
		control->connected = false;
	}
}

bool acml_control_is_for(const struct acml_control *control, const char *path,
                         int64_t server_timeout)
{
	return control->options.server_timeout == server_timeout &&
	       strcmp(control->path, path) == 0;
}

const char *acml_control_fault(const struct acml_control *control)
{
	return knot_strerror(control->fault);
}

bool acml_control_lacks_zone(const struct acml_control *control)
{
	return control->lacks_zone;
}

static enum acml_reply lose(struct acml_control *control, int fault)
{
	control->fault = fault;
	control->connected = false;
	knot_ctl_close(control->ctl);
	return ACML_REPLY_LOST;
}

static int send_command(struct acml_control *control, knot_ctl_data_t *command)
{
	int ret = KNOT_EOK;
	knot_ctl_set_timeout(control->ctl, PATIENCE);
	if (!control->connected) {
		ret = knot_ctl_connect(control->ctl, control->path);
		control->connected = ret == KNOT_EOK;
	}
	if (ret == KNOT_EOK) {
		ret = knot_ctl_send(control->ctl, KNOT_CTL_TYPE_DATA, command);
	}
	return ret == KNOT_EOK ? knot_ctl_send(control->ctl, KNOT_CTL_TYPE_BLOCK, NULL) : ret;
}

/* The first unit of an answer, which may have to wait for the server's lock. */
static int receive_first(struct acml_control *control, knot_ctl_type_t *type,
                         knot_ctl_data_t *data)
{
	const struct acml_control_options *options = &control->options;
	int64_t end = milliseconds() + options->server_timeout + PATIENCE;
	int ret;
	knot_ctl_set_timeout(control->ctl, SLICE);
	do {
		ret = knot_ctl_receive(control->ctl, type, data);
	} while (ret == KNOT_ETIMEOUT && milliseconds() < end &&
	         (options->stopped == NULL || !options->stopped(options->ctx)));
	knot_ctl_set_timeout(control->ctl, REST);
	return ret;
}

static enum acml_reply reply_of(struct acml_control *control, const char *error)
{
	if (error == NULL) {
		return ACML_REPLY_DONE;
	}
	control->lacks_zone = strcmp(error, knot_strerror(KNOT_ENOZONE)) == 0;
	return strcmp(error, knot_strerror(KNOT_EBUSY)) == 0 ? ACML_REPLY_BUSY : ACML_REPLY_CLOSED;
}

/* Sends a command and gives each unit of the answer to take. ret is KNOT_EOK as long as take
 * is content. */
static enum acml_reply exchange(struct acml_control *control, knot_ctl_data_t *command,
                                void (*take)(void *ctx, const knot_ctl_data_t *data), void *ctx)
{
	enum acml_reply reply = ACML_REPLY_DONE;
	int64_t start = milliseconds();
	knot_ctl_type_t type;
	knot_ctl_data_t data;
	control->lacks_zone = false;
	int ret = send_command(control, command);
	if (ret == KNOT_EOK) {
		ret = receive_first(control, &type, &data);
	}
	while (ret == KNOT_EOK && type != KNOT_CTL_TYPE_BLOCK && type != KNOT_CTL_TYPE_END) {
		if (reply == ACML_REPLY_DONE) {
			reply = reply_of(control, data[KNOT_CTL_IDX_ERROR]);
		}
		if (reply == ACML_REPLY_DONE && take != NULL) {
			take(ctx, (const knot_ctl_data_t *)&data);
		}
		ret = knot_ctl_receive(control->ctl, &type, &data);
	}
	if (ret != KNOT_EOK) {
		return lose(control, ret);
	} else if (type == KNOT_CTL_TYPE_END) {
		return lose(control, KNOT_ECONN);
	}
	bool late = milliseconds() - start >= control->options.server_timeout * 9 / 10;
	return reply == ACML_REPLY_DONE && late ? ACML_REPLY_UNSURE : reply;
}

struct seen {
	struct acml_control_status status;
	bool serial;
	bool transaction;
};

static void take_status(void *ctx, const knot_ctl_data_t *data)
{
	struct seen *seen = ctx;
	const char *type = (*data)[KNOT_CTL_IDX_TYPE], *value = (*data)[KNOT_CTL_IDX_DATA];
	if (type == NULL || value == NULL) {
		return;
	} else if (strcmp(type, "role") == 0) {
		seen->status.secondary = strcmp(value, "slave") == 0;
	} else if (strcmp(type, "serial") == 0) {
		char *end;
		unsigned long serial = strtoul(value, &end, 10);
		seen->serial = true;
		seen->status.served.any = end != value && *end == '\0';
		seen->status.served.serial = seen->status.served.any ? serial : 0;
	} else if (strcmp(type, "transaction") == 0) {
		seen->transaction = true;
		seen->status.transaction =
			strcmp(value, "open-external") == 0 ? ACML_TRANSACTION_EXTERNAL :
			strcmp(value, "open") == 0 ? ACML_TRANSACTION_PLAIN : ACML_TRANSACTION_NONE;
	}
}

enum acml_reply acml_control_status(struct acml_control *control, const char *zone,
                                    struct acml_control_status *out_status)
{
	struct seen seen = { 0 };
	knot_ctl_data_t command = {
		[KNOT_CTL_IDX_CMD] = "zone-status", [KNOT_CTL_IDX_ZONE] = zone,
		/* Role, serial, transaction. */
		[ACML_CTL_IDX_FILTERS] = "rst",
	};
	enum acml_reply reply = exchange(control, &command, take_status, &seen);
	if (reply != ACML_REPLY_DONE && reply != ACML_REPLY_UNSURE) {
		return reply;
	} else if (!seen.serial || !seen.transaction) {
		return ACML_REPLY_BUSY;
	}
	*out_status = seen.status;
	return ACML_REPLY_DONE;
}

static enum acml_reply command_zone(struct acml_control *control, const char *name,
                                    const char *zone)
{
	knot_ctl_data_t command = { [KNOT_CTL_IDX_CMD] = name, [KNOT_CTL_IDX_ZONE] = zone };
	return exchange(control, &command, NULL, NULL);
}

enum acml_reply acml_control_commit(struct acml_control *control, const char *zone)
{
	return command_zone(control, "zone-commit", zone);
}

enum acml_reply acml_control_abort(struct acml_control *control, const char *zone)
{
	return command_zone(control, "zone-abort", zone);
}

enum acml_reply acml_control_again(struct acml_control *control, const char *zone,
                                   bool secondary)
{
	return command_zone(control, secondary ? "zone-refresh" : "zone-reload", zone);
}

struct text {
	FILE *file;
	size_t room;
	bool over;
};

static void take_record(void *ctx, const knot_ctl_data_t *data)
{
	struct text *text = ctx;
	const char *owner = (*data)[KNOT_CTL_IDX_OWNER], *ttl = (*data)[KNOT_CTL_IDX_TTL];
	const char *type = (*data)[KNOT_CTL_IDX_TYPE], *rdata = (*data)[KNOT_CTL_IDX_DATA];
	if (owner == NULL || ttl == NULL || type == NULL || rdata == NULL) {
		return;
	}
	size_t size = strlen(owner) + strlen(ttl) + strlen(type) + strlen(rdata) + 4;
	text->over |= size > text->room;
	if (!text->over) {
		text->room -= size;
		fprintf(text->file, "%s %s %s %s\n", owner, ttl, type, rdata);
	}
}

enum acml_reply acml_control_read(struct acml_control *control, const char *zone,
                                  const char *owner, size_t limit, char **out_text,
                                  size_t *out_size)
{
	char *bytes = NULL;
	size_t size = 0;
	struct text text = { .file = open_memstream(&bytes, &size), .room = limit };
	knot_ctl_data_t command = {
		[KNOT_CTL_IDX_CMD] = "zone-read", [KNOT_CTL_IDX_ZONE] = zone,
		[KNOT_CTL_IDX_OWNER] = owner,
	};
	if (text.file == NULL) {
		return ACML_REPLY_UNSURE;
	}
	enum acml_reply reply = exchange(control, &command, take_record, &text);
	bool failed = ferror(text.file) != 0;
	failed |= fclose(text.file) != 0 || text.over;
	bool lacking = size == 0 && owner == NULL;
	if (reply == ACML_REPLY_UNSURE || (reply == ACML_REPLY_DONE && lacking)) {
		/* What is served has a SOA record at least; a name alone may have nothing. */
		reply = size == 0 ? ACML_REPLY_BUSY : ACML_REPLY_DONE;
	}
	if (reply != ACML_REPLY_DONE || failed) {
		free(bytes);
		return reply != ACML_REPLY_DONE ? reply : ACML_REPLY_UNSURE;
	}
	*out_text = bytes;
	*out_size = size;
	return ACML_REPLY_DONE;
}
