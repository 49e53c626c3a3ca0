/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Control: a client of the server's own control socket, on libknot's knot_ctl. One connection
 * carries any number of commands, one after the other, for one thread at a time.
 *
 * The server says "busy" by an empty answer after its own timeout, which looks like success: an
 * answer that came so late is called unsure.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "commit_state.h"

struct acml_control;

struct acml_control_options {
	const char *path;               /* Of the socket; copied. */
	int64_t server_timeout;         /* control.timeout in milliseconds. */
	/* Asked every now and then while an answer is waited for: true gives up. May be NULL. */
	bool (*stopped)(void *ctx);
	void *ctx;
};

/* NULL without memory. Connects with the first command. */
struct acml_control *acml_control_new(const struct acml_control_options *options);

/* Accepts NULL. */
void acml_control_free(struct acml_control *control);

/* Whether it was made with these options. */
bool acml_control_is_for(const struct acml_control *control, const char *path,
                         int64_t server_timeout);

/* Ends the connection; the next command makes a new one. */
void acml_control_close(struct acml_control *control);

/* The zone is named as text in all of these. */

struct acml_control_status {
	enum acml_transaction transaction;
	struct acml_served served;
	bool secondary;
};
enum acml_reply acml_control_status(struct acml_control *control, const char *zone,
                                    struct acml_control_status *out_status);

enum acml_reply acml_control_commit(struct acml_control *control, const char *zone);
enum acml_reply acml_control_abort(struct acml_control *control, const char *zone);

/* zone-refresh of a secondary, else zone-reload. */
enum acml_reply acml_control_again(struct acml_control *control, const char *zone,
                                   bool secondary);

/*
 * What is served, as zone text; owner may be NULL: all. *out_text is malloc()ed.
 * ACML_REPLY_CLOSED: there is no such zone, or no such name in it; ACML_REPLY_UNSURE: no memory,
 * or more than limit bytes.
 */
enum acml_reply acml_control_read(struct acml_control *control, const char *zone,
                                  const char *owner, size_t limit, char **out_text,
                                  size_t *out_size);

/* Whether the last command was refused because the server has no such zone. */
bool acml_control_lacks_zone(const struct acml_control *control);

/* Why the last command was lost: "connection refused" … */
const char *acml_control_fault(const struct acml_control *control);
