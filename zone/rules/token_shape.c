/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What a target and a label look like: spelling only, no zone. */

#include <ctype.h>
#include <string.h>

#include "model/distance.h"
#include "model/names.h"
#include "rules/token.h"

#define SUFFIX_LABEL "acm-validations"
#define SUFFIX_TLD   "aws"
#define SUFFIX       SUFFIX_LABEL "." SUFFIX_TLD

/* The longest text that is compared for a near miss, and the most slips that are one. */
#define NEAR_TEXT  36
#define NEAR_SLIPS 2

#define MAX_LABELS 128

/* The labels of a target in front of the zone's own, lower case, without stray characters. */
struct cleaned {
	knot_dname_storage_t bytes;
	const uint8_t *label[MAX_LABELS];   /* Length byte first. */
	bool dirty[MAX_LABELS];             /* Something was taken out of it or from behind it. */
	size_t count;
	bool relative;                      /* The zone's own labels stood behind. */
};

static bool is_token_char(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_char(uint8_t c)
{
	return is_token_char(c) || c == '-' || c == '_';
}

static bool label_is(const uint8_t *label, const char *text)
{
	return label[0] == strlen(text) && memcmp(label + 1, text, label[0]) == 0;
}

static bool label_starts(const uint8_t *label, const char *text)
{
	size_t len = strlen(text);
	return label[0] >= len && memcmp(label + 1, text, len) == 0;
}

static bool label_holds(const uint8_t *label, const char *text)
{
	return memmem(label + 1, label[0], text, strlen(text)) != NULL;
}

static bool near(const char *text, size_t len, const char *meant, size_t slips)
{
	size_t meant_len = strlen(meant);
	return len + slips >= meant_len && len <= meant_len + slips &&
	       acml_distance(text, len, meant, meant_len) <= slips;
}

static bool label_near(const uint8_t *label, const char *meant, size_t slips)
{
	return near((const char *)label + 1, label[0], meant, slips);
}

/* Whether the last labels, read as text, nearly are what was meant: "acm.validations.aws". */
static bool tail_near(const struct cleaned *c, size_t from, const char *meant)
{
	char text[NEAR_TEXT + 1];
	size_t len = 0;
	for (size_t i = from; i < c->count; i++) {
		if (len + 1 + c->label[i][0] > NEAR_TEXT) {
			return false;
		}
		if (i > from) {
			text[len++] = '.';
		}
		memcpy(text + len, c->label[i] + 1, c->label[i][0]);
		len += c->label[i][0];
	}
	return near(text, len, meant, NEAR_SLIPS);
}

/* A zone's own name behind the target is the origin that the reader appended. */
static void clean(const knot_dname_t *target, const knot_dname_t *apex, struct cleaned *out)
{
	out->count = 0;
	out->relative = apex[0] != 0 && acml_name_below(target, apex);
	size_t own = knot_dname_labels(target, NULL);
	if (out->relative) {
		own -= knot_dname_labels(apex, NULL);
	}
	uint8_t *to = out->bytes;
	for (size_t n = 0; n < own; n++, target += 1 + target[0]) {
		uint8_t *label = to++;
		bool dirty = false;
		for (size_t i = 1; i <= target[0]; i++) {
			if (is_name_char(target[i])) {
				*to++ = (uint8_t)tolower(target[i]);
			} else {
				dirty = true;
			}
		}
		label[0] = (uint8_t)(to - label - 1);
		if (label[0] > 0) {
			out->label[out->count] = label;
			out->dirty[out->count++] = dirty;
		} else {
			to = label;
			if (out->count > 0) {
				out->dirty[out->count - 1] = true;
			}
		}
	}
}

/* What people put behind Amazon's suffix, or in the place of "aws". */
static bool is_amazon_like(const uint8_t *label)
{
	return label_starts(label, "amazon") || label_starts(label, "aws") ||
	       label_near(label, "amazonaws", NEAR_SLIPS);
}

static bool is_common_tld(const uint8_t *label)
{
	return label_is(label, "com") || label_is(label, "net") || label_is(label, "org");
}

/* No suffix of another partition is documented, and none is known not to exist. */
static bool is_partition(const uint8_t *label)
{
	return label_is(label, "cn") || label_is(label, "eu");
}

static void misspelt(struct acml_target_parts *out, size_t before)
{
	out->form = ACML_TARGET_MISSPELT;
	out->before = before;
}

/* The suffix itself stands at label i. */
static void judge_exact(const struct cleaned *c, size_t i, struct acml_target_parts *out)
{
	size_t rest = c->count - i - 2;
	const uint8_t *next = rest > 0 ? c->label[i + 2] : NULL;
	out->before = i;
	out->form = c->relative ? ACML_TARGET_RELATIVE : ACML_TARGET_GOOD;
	if (rest == 0) {
		return;
	}
	/* With the origin behind them "aws" and "amazon" may be the origin's own first label. */
	bool amazon = is_amazon_like(next) &&
	              (!c->relative || (rest > 1 && is_common_tld(c->label[i + 3])));
	if (is_common_tld(next) || label_is(next, SUFFIX_LABEL) || amazon ||
	    (rest == 1 && !c->relative)) {
		misspelt(out, i);
		out->partition = !c->relative && is_partition(c->label[c->count - 1]);
		return;
	}
	out->form = ACML_TARGET_RELATIVE;
}

/* Label i is the suffix's first label or nearly so, and what follows is not exactly "aws". */
static bool judge_near(const struct cleaned *c, size_t i, struct acml_target_parts *out)
{
	size_t rest = c->count - i - 1;
	const uint8_t *next = rest > 0 ? c->label[i + 1] : NULL;
	bool plausible;
	if (rest == 0) {
		/* "acm-validations" alone, absolute or with the origin behind it. */
		plausible = i > 0;
	} else if (label_is(next, SUFFIX_TLD) || is_amazon_like(next)) {
		plausible = true;
	} else if (c->relative) {
		plausible = label_near(next, SUFFIX_TLD, 1) || is_common_tld(next);
	} else {
		plausible = rest == 1 || (rest == 2 && label_near(next, SUFFIX_TLD, 1));
	}
	if (!plausible) {
		return false;
	}
	misspelt(out, i);
	out->missing = c->relative;
	out->partition = !c->relative && label_is(c->label[i], SUFFIX_LABEL) &&
	                 is_partition(c->label[c->count - 1]);
	return true;
}

/* Neither label is there, but all together read like it, or it ends in "aws" after all. */
static void judge_tail(const struct cleaned *c, struct acml_target_parts *out)
{
	for (size_t k = 1; k <= 4 && k <= c->count; k++) {
		if (tail_near(c, c->count - k, SUFFIX) || tail_near(c, c->count - k, SUFFIX ".com") ||
		    tail_near(c, c->count - k, SUFFIX_LABEL ".amazonaws.com")) {
			misspelt(out, c->count - k);
			out->missing = c->relative;
			return;
		}
	}
	if (c->count >= 2 && label_is(c->label[c->count - 1], SUFFIX_TLD) &&
	    (label_starts(c->label[c->count - 2], "acm") ||
	     label_holds(c->label[c->count - 2], "valid"))) {
		misspelt(out, c->count - 2);
		out->missing = c->relative;
		out->weak = true;
	}
}

static void judge_labels(const struct cleaned *c, struct acml_target_parts *out)
{
	for (size_t i = 0; i + 1 < c->count; i++) {
		if (label_is(c->label[i], SUFFIX_LABEL) && label_is(c->label[i + 1], SUFFIX_TLD)) {
			judge_exact(c, i, out);
			return;
		}
	}
	for (size_t i = 0; i < c->count; i++) {
		if (label_near(c->label[i], SUFFIX_LABEL, NEAR_SLIPS) && judge_near(c, i, out)) {
			return;
		}
	}
	judge_tail(c, out);
}

/* Whether the name as it stands ends in the suffix, whatever the zone is called. */
static bool ends_well(const knot_dname_t *target, size_t *out_before)
{
	size_t labels = knot_dname_labels(target, NULL);
	if (labels < 2) {
		return false;
	}
	knot_dname_storage_t lower;
	acml_name_lower(target, lower);
	const knot_dname_t *tail = lower;
	for (size_t i = 0; i + 2 < labels; i++) {
		tail = acml_name_parent(tail);
		if (label_is(tail, SUFFIX_LABEL) && i + 3 < labels) {
			return false; /* The suffix twice. */
		}
	}
	*out_before = labels - 2;
	return label_is(tail, SUFFIX_LABEL) && label_is(acml_name_parent(tail), SUFFIX_TLD);
}

void acml_target_parse(const knot_dname_t *target, const knot_dname_t *apex,
                       struct acml_target_parts *out)
{
	*out = (struct acml_target_parts){ 0 };
	if (ends_well(target, &out->before)) {
		out->form = ACML_TARGET_GOOD;
		return;
	}
	out->before = 0;
	struct cleaned cleaned;
	clean(target, apex, &cleaned);
	judge_labels(&cleaned, out);
	out->relative = cleaned.relative && out->form != ACML_TARGET_FOREIGN;
	if (out->form != ACML_TARGET_GOOD && out->form != ACML_TARGET_RELATIVE) {
		return;
	}
	for (size_t i = out->before; i < cleaned.count; i++) {
		out->junk |= cleaned.dirty[i];
	}
	/* Quotes around the value keep even the final dot from being one: theirs is the fault. */
	if (out->junk) {
		out->form = ACML_TARGET_GOOD;
	}
}

enum acml_target acml_target_form(const knot_dname_t *target, const knot_dname_t *apex)
{
	struct acml_target_parts parts;
	acml_target_parse(target, apex, &parts);
	return parts.form;
}

/* A token without its underscore. */
static enum acml_shape body_shape(const uint8_t *text, size_t len)
{
	if (len == 0) {
		return ACML_SHAPE_BROKEN;
	}
	for (size_t i = 0; i < len; i++) {
		if (!is_token_char(text[i])) {
			return ACML_SHAPE_BROKEN;
		}
	}
	return len >= 20 && len <= 40 ? ACML_SHAPE_SOUND : ACML_SHAPE_ODD;
}

/* The label between a token and the suffix: ten letters, or whatever AWS makes of it one day. */
static enum acml_shape middle_shape(const uint8_t *label)
{
	enum acml_shape shape = ACML_SHAPE_SOUND;
	for (size_t i = 1; i <= label[0]; i++) {
		if (label[i] == '-' && i > 1 && i < label[0]) {
			shape = ACML_SHAPE_ODD;
		} else if (!is_token_char(label[i])) {
			return ACML_SHAPE_BROKEN;
		}
	}
	return label[0] >= 8 && label[0] <= 14 ? shape : ACML_SHAPE_ODD;
}

static size_t count_not_hex(const uint8_t *text, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++) {
		count += !isxdigit(text[i]);
	}
	return count;
}

/* AWS's samples use all letters and some lengths around 32. What is hexadecimal but for a slip or
 * two was a real token, and must be 32 hexadecimal digits. */
static enum acml_shape token_shape(const uint8_t *text, size_t len)
{
	enum acml_shape shape = body_shape(text, len);
	if (shape != ACML_SHAPE_SOUND) {
		return shape;
	}
	size_t strange = count_not_hex(text, len);
	bool real = strange == 0 && len == 32;
	return !real && strange <= NEAR_SLIPS ? ACML_SHAPE_ODD : ACML_SHAPE_SOUND;
}

bool acml_label_is_token(const knot_dname_t *name)
{
	return name[0] > 20 && name[0] <= 41 && name[1] == '_' &&
	       body_shape(name + 2, name[0] - 1u) == ACML_SHAPE_SOUND;
}

enum acml_shape acml_label_shape(const knot_dname_t *name)
{
	if (name[0] < 2 || name[1] != '_') {
		return ACML_SHAPE_BROKEN;
	}
	return token_shape(name + 2, name[0] - 1u);
}

static enum acml_shape first_label_shape(const knot_dname_t *target)
{
	size_t underscore = target[0] > 0 && target[1] == '_' ? 1 : 0;
	return token_shape(target + 1 + underscore, target[0] - underscore);
}

enum acml_shape acml_target_shape(const knot_dname_t *target,
                                  const struct acml_target_parts *parts, const char **out_why)
{
	*out_why = NULL;
	if (parts->junk) {
		*out_why = "it has stray characters";
		return ACML_SHAPE_BROKEN;
	}
	if (parts->before == 0) {
		*out_why = "the token before the suffix is missing";
		return ACML_SHAPE_BROKEN;
	}
	enum acml_shape shape = first_label_shape(target);
	const knot_dname_t *label = target;
	for (size_t i = 1; i < parts->before; i++) {
		label = acml_name_parent(label);
		enum acml_shape middle = middle_shape(label);
		shape = middle > shape ? middle : shape;
	}
	if (shape == ACML_SHAPE_BROKEN) {
		*out_why = "its labels have stray characters";
	} else if (shape == ACML_SHAPE_ODD) {
		*out_why = "a label is of an unusual form or length";
	} else if (parts->before > 2) {
		*out_why = "it has more labels than a token and one behind it";
		shape = ACML_SHAPE_ODD;
	}
	return shape;
}

/* The token in a label with something in front of it, such as "n_<hex>": where it starts. */
static size_t token_start(const uint8_t *label)
{
	size_t start = 0;
	for (size_t i = 0; i < label[0]; i++) {
		if (label[1 + i] == '_' || label[1 + i] == '-') {
			start = i + 1;
		}
	}
	return start;
}

static bool append_label(knot_dname_storage_t out, size_t *len, const void *text, size_t size)
{
	if (size > KNOT_DNAME_MAXLABELLEN || *len + 1 + size >= KNOT_DNAME_MAXLEN) {
		return false;
	}
	out[(*len)++] = (uint8_t)size;
	memcpy(out + *len, text, size);
	*len += size;
	return true;
}

bool acml_target_mend(const knot_dname_t *target, const knot_dname_t *apex,
                      knot_dname_storage_t out)
{
	struct acml_target_parts parts;
	acml_target_parse(target, apex, &parts);
	struct cleaned c;
	static const knot_dname_t root[1];
	clean(target, parts.form == ACML_TARGET_GOOD && !parts.relative ? root : apex, &c);
	if (parts.form == ACML_TARGET_FOREIGN || parts.before == 0 || parts.before > 2 ||
	    parts.before > c.count) {
		return false;
	}
	const uint8_t *token = c.label[0];
	size_t start = token_start(token);
	if (token_shape(token + 1 + start, token[0] - start) != ACML_SHAPE_SOUND) {
		return false;
	}
	knot_dname_storage_t name;
	size_t len = 0;
	uint8_t label[1 + KNOT_DNAME_MAXLABELLEN] = "_";
	memcpy(label + 1, token + 1 + start, token[0] - start);
	/* The underscore may have been taken off on purpose; AWS answers to both. */
	bool bare = start == 0;
	bool fits = append_label(name, &len, label + bare, token[0] - start + !bare);
	if (parts.before == 2) {
		fits = fits && middle_shape(c.label[1]) == ACML_SHAPE_SOUND &&
		       append_label(name, &len, c.label[1] + 1, c.label[1][0]);
	}
	fits = fits && append_label(name, &len, SUFFIX_LABEL, strlen(SUFFIX_LABEL)) &&
	       append_label(name, &len, SUFFIX_TLD, strlen(SUFFIX_TLD));
	if (!fits) {
		return false;
	}
	name[len++] = 0;
	memcpy(out, name, len);
	return true;
}
