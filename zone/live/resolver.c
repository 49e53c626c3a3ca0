/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "live/resolver.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libknot/errcode.h>
#include <unbound.h>

#include "live/ask.h"
#include "model/names.h"

#define LIBRARY "libunbound.so.8"

/* IANA's root trust anchors of 2017 and 2024. */
static const char *const root_anchors[] = {
	". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
	". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
};

struct library {
	void *handle;
	struct ub_ctx *(*create)(void);
	void (*del)(struct ub_ctx *);
	int (*set_option)(struct ub_ctx *, const char *, const char *);
	int (*set_fwd)(struct ub_ctx *, const char *);
	int (*add_ta)(struct ub_ctx *, const char *);
	int (*add_ta_file)(struct ub_ctx *, const char *);
	int (*async)(struct ub_ctx *, int);
	int (*resolve_async)(struct ub_ctx *, const char *, int, int, void *, ub_callback_type,
	                     int *);
	int (*fd)(struct ub_ctx *);
	int (*process)(struct ub_ctx *);
	int (*cancel)(struct ub_ctx *, int);
	void (*free_result)(struct ub_result *);
};

struct acml_resolver {
	struct library library;
	struct ub_ctx *plain;
	struct ub_ctx *strict;
	int timeout;
};

static bool load(struct library *out)
{
	const struct {
		const char *name;
		void *to;
	} symbols[] = {
		{ "ub_ctx_create", &out->create }, { "ub_ctx_delete", &out->del },
		{ "ub_ctx_set_option", &out->set_option }, { "ub_ctx_set_fwd", &out->set_fwd },
		{ "ub_ctx_add_ta", &out->add_ta }, { "ub_ctx_add_ta_file", &out->add_ta_file },
		{ "ub_ctx_async", &out->async }, { "ub_resolve_async", &out->resolve_async },
		{ "ub_fd", &out->fd }, { "ub_process", &out->process },
		{ "ub_cancel", &out->cancel }, { "ub_resolve_free", &out->free_result },
	};
	out->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; out->handle != NULL && i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *symbol = dlsym(out->handle, symbols[i].name);
		if (symbol == NULL) {
			return false;
		}
		memcpy(symbols[i].to, &symbol, sizeof(symbol));
	}
	return out->handle != NULL;
}

static int set_anchors(const struct library *library, struct ub_ctx *ctx, const char *file)
{
	if (file != NULL) {
		return library->add_ta_file(ctx, file);
	}
	int ret = 0;
	for (size_t i = 0; i < sizeof(root_anchors) / sizeof(root_anchors[0]) && ret == 0; i++) {
		ret = library->add_ta(ctx, root_anchors[i]);
	}
	return ret;
}

static void drop_result(void *data, int code, struct ub_result *result)
{
	(void)data;
	(void)code;
	(void)result;
}

/* The files are read at the first question only: one that needs no server. */
static bool starts(const struct library *library, struct ub_ctx *ctx)
{
	int id = 0;
	if (library->resolve_async(ctx, "localhost.", KNOT_RRTYPE_A, KNOT_CLASS_IN, NULL,
	                           drop_result, &id) != 0) {
		return false;
	}
	library->cancel(ctx, id);
	return true;
}

/* libunbound says "no memory" of broken files as well. */
static int why_not(void)
{
	return errno == ENOMEM ? KNOT_ENOMEM : KNOT_EINVAL;
}

/* Without an anchor libunbound validates nothing, and does not say so. */
static int find_anchor(const char *file)
{
	errno = 0;
	FILE *stream = fopen(file, "re");
	if (stream == NULL) {
		return why_not();
	}
	bool found = false;
	char word[16];
	while (!found && fscanf(stream, "%15s", word) == 1) {
		if (word[0] == ';' && fscanf(stream, "%*[^\n]") == EOF) {
			break;
		}
		found = strcasecmp(word, "DS") == 0 || strcasecmp(word, "DNSKEY") == 0;
	}
	int ret = found ? KNOT_EOK : why_not();
	fclose(stream);
	return ret;
}

static int new_context(const struct library *library, bool validate,
                       const struct acml_resolver_options *options, struct ub_ctx **out)
{
	errno = 0;
	struct ub_ctx *ctx = library->create();
	if (ctx == NULL) {
		return KNOT_ENOMEM;
	}
	/* What the machine's own names say is not what a CA sees. */
	bool good = library->async(ctx, 1) == 0 &&
	            library->set_option(ctx, "do-not-query-localhost:", "no") == 0 &&
	            library->set_option(ctx, "qname-minimisation:", "no") == 0;
	if (good && options->forward != NULL) {
		good = library->set_fwd(ctx, options->forward) == 0;
	} else if (good && options->root_hints != NULL) {
		good = library->set_option(ctx, "root-hints:", options->root_hints) == 0;
	}
	if (good && validate) {
		good = set_anchors(library, ctx, options->trust_anchor) == 0;
	}
	if (!good || !starts(library, ctx)) {
		int ret = why_not();
		library->del(ctx);
		return ret;
	}
	*out = ctx;
	return KNOT_EOK;
}

static int fill(struct acml_resolver *resolver, const struct acml_resolver_options *options,
                char why[ACML_LOOK_WHY])
{
	int ret = options->trust_anchor != NULL ? find_anchor(options->trust_anchor) : KNOT_EOK;
	if (ret != KNOT_EOK) {
		snprintf(why, ACML_LOOK_WHY, "%.200s: no DS and no DNSKEY in it",
		         options->trust_anchor);
		return ret;
	}
	if (!load(&resolver->library)) {
		snprintf(why, ACML_LOOK_WHY, LIBRARY " is not there: install libunbound8");
		return KNOT_ENOTSUP;
	}
	ret = new_context(&resolver->library, false, options, &resolver->plain);
	if (ret == KNOT_EOK) {
		ret = new_context(&resolver->library, true, options, &resolver->strict);
	}
	if (ret != KNOT_EOK) {
		snprintf(why, ACML_LOOK_WHY, "libunbound does not accept the resolver, the root "
		         "hints or the trust anchor");
	}
	return ret;
}

int acml_resolver_new(const struct acml_resolver_options *options, struct acml_resolver **out,
                      char out_why[ACML_LOOK_WHY])
{
	struct acml_resolver *resolver = calloc(1, sizeof(*resolver));
	if (resolver == NULL) {
		return KNOT_ENOMEM;
	}
	resolver->timeout = options->timeout;
	int ret = fill(resolver, options, out_why);
	if (ret != KNOT_EOK) {
		acml_resolver_free(resolver);
		return ret;
	}
	*out = resolver;
	return KNOT_EOK;
}

/* What the callback leaves. */
struct waiting {
	struct ub_result *result;
	bool done;
};

static void take_result(void *data, int code, struct ub_result *result)
{
	struct waiting *waiting = data;
	waiting->done = true;
	waiting->result = code == 0 ? result : NULL;
}

static int keep(struct acml_look *look, const struct ub_result *result)
{
	look->rcode = result->rcode;
	look->bogus = result->bogus;
	if (result->bogus && result->why_bogus != NULL) {
		snprintf(look->why, sizeof(look->why), "%s", result->why_bogus);
	}
	if (result->answer_packet == NULL || result->answer_len < KNOT_WIRE_HEADER_SIZE ||
	    result->answer_len > ACML_MESSAGE_MAX) {
		return KNOT_EOK;
	}
	look->wire = malloc(result->answer_len);
	if (look->wire == NULL) {
		return KNOT_ENOMEM;
	}
	memcpy(look->wire, result->answer_packet, result->answer_len);
	int ret = acml_message_parse(look->wire, result->answer_len, &look->pkt);
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

int acml_resolve(struct acml_resolver *resolver, bool validate, const knot_dname_t *name,
                 uint16_t type, struct acml_look *out)
{
	const struct library *library = &resolver->library;
	struct ub_ctx *ctx = validate ? resolver->strict : resolver->plain;
	struct waiting waiting = { .result = NULL };
	struct acml_look look = { .bogus = false };
	char text[ACML_NAME_TEXT];
	int id;
	if (library->resolve_async(ctx, acml_name_text(name, text), type, KNOT_CLASS_IN, &waiting,
	                           take_result, &id) != 0) {
		return KNOT_ENOMEM;
	}
	int64_t deadline = acml_ask_clock() + resolver->timeout;
	while (!waiting.done) {
		int64_t left = deadline - acml_ask_clock();
		struct pollfd fd = { .fd = library->fd(ctx), .events = POLLIN };
		if (left <= 0 || (poll(&fd, 1, left) > 0 && library->process(ctx) != 0)) {
			break;
		}
	}
	if (!waiting.done) {
		library->cancel(ctx, id);
		return KNOT_ETIMEOUT;
	}
	if (waiting.result == NULL) {
		look.rcode = KNOT_RCODE_SERVFAIL;
	} else {
		int ret = keep(&look, waiting.result);
		library->free_result(waiting.result);
		if (ret != KNOT_EOK) {
			acml_look_clear(&look);
			return ret;
		}
	}
	*out = look;
	return KNOT_EOK;
}

void acml_look_clear(struct acml_look *look)
{
	knot_pkt_free(look->pkt);
	free(look->wire);
	*look = (struct acml_look){ .pkt = NULL };
}

void acml_resolver_free(struct acml_resolver *resolver)
{
	if (resolver == NULL) {
		return;
	}
	if (resolver->plain != NULL) {
		resolver->library.del(resolver->plain);
	}
	if (resolver->strict != NULL) {
		resolver->library.del(resolver->strict);
	}
	if (resolver->library.handle != NULL) {
		dlclose(resolver->library.handle);
	}
	free(resolver);
}
