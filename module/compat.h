/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Compat: where versions of Knot differ, and what its module API leaves out.
 *
 * Built against 3.2, 3.4 or 3.5 the module has that version's ABI number, and the server refuses
 * any other; but what a schema knows changes within one ABI, so that is asked of the server that
 * runs (acml_knot_version()). Asking knotd_conf_zone() for an item that is not in its schema ends
 * the server: only items of every version since 3.2 are asked for.
 */

#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the filters of a control command go: KNOT_CTL_IDX_FILTER, since some 3.4 FILTERS. */
#define ACML_CTL_IDX_FILTERS (KNOT_CTL_IDX_DATA + 1)

/*
 * knotd's configuration and its log are read under liburcu's read lock, by threads that have
 * registered with it. The module API has no call for that, but knotd itself is linked with liburcu.
 */
void urcu_memb_register_thread(void) __attribute__((weak));
void urcu_memb_unregister_thread(void) __attribute__((weak));
void urcu_memb_read_lock(void) __attribute__((weak));
void urcu_memb_read_unlock(void) __attribute__((weak));

/* Whether a thread of ours may ask knotd for anything. */
static inline bool acml_rcu_usable(void)
{
	return urcu_memb_register_thread != NULL && urcu_memb_unregister_thread != NULL &&
	       urcu_memb_read_lock != NULL && urcu_memb_read_unlock != NULL;
}

static inline void acml_rcu_register(void)
{
	if (acml_rcu_usable()) {
		urcu_memb_register_thread();
	}
}

static inline void acml_rcu_unregister(void)
{
	if (acml_rcu_usable()) {
		urcu_memb_unregister_thread();
	}
}

static inline void acml_rcu_lock(void)
{
	if (acml_rcu_usable()) {
		urcu_memb_read_lock();
	}
}

static inline void acml_rcu_unlock(void)
{
	if (acml_rcu_usable()) {
		urcu_memb_read_unlock();
	}
}

/*
 * Whether this is "knotc conf-check", called by a person or a script. The API does not tell: the
 * same checks run in every knotc and when the server starts or reloads. As what systemd starts a
 * service with ($SYSTEMD_EXEC_PID is this very process: Debian's ExecStartPre) it is not: a server
 * must not stay down for want of a file.
 */
static inline bool acml_conf_is_checked(void)
{
	char line[4096] = "";
	const char *starter = getenv("SYSTEMD_EXEC_PID");
	FILE *file = fopen("/proc/self/cmdline", "re");
	size_t size = file != NULL ? fread(line, 1, sizeof(line) - 1, file) : 0;
	bool checked = false;
	for (const char *word = line; word < line + size; word += strlen(word) + 1) {
		checked |= strcmp(word, "conf-check") == 0;
	}
	if (file != NULL) {
		fclose(file);
	}
	return checked && (starter == NULL || strtol(starter, NULL, 10) != (long)getpid());
}

/* 0x0302 for "Knot DNS 3.2.6"; 0 when it cannot be told. */
static inline unsigned acml_knot_version(const char *text)
{
	unsigned major, minor;
	const char *digits = text != NULL ? strpbrk(text, "0123456789") : NULL;
	if (digits == NULL || sscanf(digits, "%u.%u", &major, &minor) != 2) {
		return 0;
	}
	return major << 8 | minor;
}
