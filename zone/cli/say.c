/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What is said on stderr. */

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>
#include <libknot/error.h>

#include "cli/command.h"
#include "cli/nearest.h"
#include "report/escape.h"

/* On the stack, so that it works without memory; longer than two paths, so that nothing is cut. */
#define MAX_TEXT 10240

static void say(const char *format, va_list args)
{
	char text[MAX_TEXT];
	vsnprintf(text, sizeof(text), format, args);
	fputs("acmlint: ", stderr);
	acml_escape_write(stderr, text);
	fputc('\n', stderr);
}

void acml_say(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say(format, args);
	va_end(args);
}

int acml_no_memory(void)
{
	acml_say("out of memory");
	return ACML_EXIT_INPUT;
}

int acml_usage(const char *command, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say(format, args);
	va_end(args);
	fprintf(stderr, "Try 'acmlint%s%s --help'.\n", command[0] == '\0' ? "" : " ", command);
	return ACML_EXIT_USAGE;
}

static const char *option_name(const void *context, size_t i)
{
	const struct option *options = context;
	return options[i].name;
}

int acml_usage_getopt(const char *command, char *const *argv, int got, const struct option *options)
{
	const char *word = argv[optind - 1];
	if (got == ':') {
		return acml_usage(command, "option %s needs a value", word);
	}
	/* glibc: optopt is 0 for an unknown long option, its value for one that takes none. */
	if (optopt != 0 && strncmp(word, "--", 2) == 0 && strchr(word, '=') != NULL) {
		return acml_usage(command, "option %.*s takes no value",
		                  (int)strcspn(word, "="), word);
	}
	if (optopt != 0) {
		return acml_usage(command, "unknown option -%c", optopt);
	}
	char name[64];
	size_t len = strcspn(word, "=");
	if (len < 2 || len - 2 >= sizeof(name)) {
		return acml_usage(command, "unknown option %s", word);
	}
	memcpy(name, word + 2, len - 2);
	name[len - 2] = '\0';
	char hint[ACML_HINT];
	return acml_usage(command, "unknown option --%s%s", name,
	                  acml_hint(name, option_name, options, hint));
}

int acml_finish(FILE *stream, int status)
{
	errno = 0;
	if (fflush(stream) == 0 && !ferror(stream)) {
		return status;
	}
	acml_say("the report could not be written and is not whole: %s",
	         errno != 0 ? strerror(errno) : "write error");
	return ACML_EXIT_INPUT;
}

const char *acml_input_error(int code)
{
	switch (code) {
	case KNOT_ENOENT:
		return "no such file";
	case KNOT_EACCES:
		return "permission denied";
	case KNOT_EFILE:
		return "neither a regular file nor a pipe";
	case KNOT_ENOMEM:
		return "out of memory";
	case KNOT_EAGAIN:
		return "it was written to while it was read; try again";
	case KNOT_EINVAL:
		return "no origin found: there is no $ORIGIN nor a SOA with an absolute owner, and the "
		       "file's name is no domain name; give it with --origin NAME";
	default:
		return knot_strerror(code);
	}
}
