/* SPDX-License-Identifier: GPL-2.0-or-later */

/* One CAA property: the grammar of RFC 8659 section 4. */

#include <string.h>
#include <strings.h>

#include "model/caa.h"

/* Bytes being parsed. */
struct span {
	const char *at;
	const char *end;
};

static const struct {
	const char *text;
	enum acml_caa_tag tag;
} tags[] = {
	{ "issue", ACML_CAA_ISSUE },
	{ "issuewild", ACML_CAA_ISSUEWILD },
	{ "iodef", ACML_CAA_IODEF },
	{ "issuemail", ACML_CAA_ISSUEMAIL },
	{ "issuevmc", ACML_CAA_ISSUEVMC },
	{ "contactemail", ACML_CAA_CONTACTEMAIL },
	{ "contactphone", ACML_CAA_CONTACTPHONE },
	{ "auth", ACML_CAA_RESERVED },
	{ "path", ACML_CAA_RESERVED },
	{ "policy", ACML_CAA_RESERVED },
};

static const char *const amazon[] = {
	"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com",
};

/* RFC 8659 section 4.1: matching of tags is case-insensitive. */
static bool equals(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

static enum acml_caa_tag classify_tag(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (equals(text, len, tags[i].text)) {
			return tags[i].tag;
		}
	}
	return ACML_CAA_UNKNOWN;
}

static enum acml_caa_issuer classify_issuer(const char *domain, size_t len)
{
	for (size_t i = 0; i < sizeof(amazon) / sizeof(amazon[0]); i++) {
		if (equals(domain, len, amazon[i])) {
			return memcmp(domain, amazon[i], len) == 0 ? ACML_ISSUER_AMAZON
			                                           : ACML_ISSUER_AMAZON_CASE;
		}
	}
	return ACML_ISSUER_OTHER;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void skip_blanks(struct span *span)
{
	while (span->at < span->end && (*span->at == ' ' || *span->at == '\t')) {
		span->at++;
	}
}

static bool next_is(const struct span *span, char c)
{
	return span->at < span->end && *span->at == c;
}

/* (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT)): the form of a label and of a parameter's tag. Leaves
 * hyphens that no letter or digit follows. */
static bool skip_word(struct span *span)
{
	if (span->at == span->end || !is_alnum(*span->at)) {
		return false;
	}
	const char *last = span->at;
	for (const char *p = span->at; p < span->end && (is_alnum(*p) || *p == '-'); p++) {
		if (is_alnum(*p)) {
			last = p;
		}
	}
	span->at = last + 1;
	return true;
}

/* What is wrong where the issuer's name should have gone on or ended. */
static const char *issuer_fault(const struct span *span)
{
	if (span->at == span->end) {
		return "the issuer's name ends in a dot";
	}
	switch (*span->at) {
	case ' ':
	case '\t':
	case ';':
		return "the issuer's name ends in a dot";
	case ',':
		return "a comma: one record names one issuer";
	case ':':
	case '/':
		return "a URL where the issuer's domain name belongs";
	case '"':
	case '\'':
		return "a quotation mark inside the value";
	case '.':
		return "an empty label in the issuer's name";
	case '-':
		return "a hyphen at the edge of a label of the issuer's name";
	case '*':
		return "a wildcard where the issuer's domain name belongs";
	case '=':
		return "a parameter without \";\" before it";
	case '_':
		return "an underscore in the issuer's name";
	default:
		return "a character that no issuer's name has";
	}
}

/* issuer-domain-name = label *("." label) */
static const char *parse_issuer(struct span *span, struct acml_caa *out)
{
	const char *start = span->at;
	for (;;) {
		if (!skip_word(span)) {
			return issuer_fault(span);
		}
		if (!next_is(span, '.')) {
			break;
		}
		span->at++;
	}
	out->domain = start;
	out->domain_len = span->at - start;
	skip_blanks(span);
	if (span->at == span->end || *span->at == ';') {
		return NULL;
	}
	if (span->at > start + out->domain_len && *span->at != ',') {
		return "a blank inside the value: one record names one issuer";
	}
	return issuer_fault(span);
}

static void note_parameter(const char *tag, size_t len, struct acml_caa *out)
{
	out->has_parameters = true;
	if (equals(tag, len, "accounturi")) {
		out->has_accounturi = true;
	} else if (equals(tag, len, "validationmethods")) {
		out->has_validationmethods = true;
	}
}

/* parameter = tag *WSP "=" *WSP value; value = *(%x21-3A / %x3C-7E) */
static const char *parse_parameter(struct span *span, struct acml_caa *out)
{
	const char *tag = span->at;
	if (!skip_word(span)) {
		return span->at == span->end || *span->at == ';' ? "an empty parameter" :
		       "a parameter's tag with a character other than letters, digits, hyphens";
	}
	size_t len = span->at - tag;
	skip_blanks(span);
	if (!next_is(span, '=')) {
		return span->at == span->end || *span->at == ';' ? "a parameter without \"=\"" :
		       "a parameter's tag with a character other than letters, digits, hyphens";
	}
	span->at++;
	skip_blanks(span);
	while (span->at < span->end && *span->at > 0x20 && *span->at < 0x7f && *span->at != ';') {
		span->at++;
	}
	skip_blanks(span);
	if (span->at < span->end && *span->at != ';') {
		return "a parameter's value with a blank or a character outside ASCII";
	}
	note_parameter(tag, len, out);
	return NULL;
}

/* parameters = (parameter *WSP ";" *WSP parameters) / parameter: no ";" at the end. */
static const char *parse_parameters(struct span *span, struct acml_caa *out)
{
	for (;;) {
		const char *fault = parse_parameter(span, out);
		if (fault != NULL || span->at == span->end) {
			return fault;
		}
		span->at++;
		skip_blanks(span);
	}
}

/* RFC 8659 section 4.2:
 * issue-value = *WSP [issuer-domain-name *WSP] [";" *WSP [parameters *WSP]] */
static const char *parse_issue_value(struct acml_caa *out)
{
	struct span span = { .at = out->value, .end = out->value + out->value_len };
	skip_blanks(&span);
	if (span.at < span.end && *span.at != ';') {
		const char *fault = parse_issuer(&span, out);
		if (fault != NULL) {
			return fault;
		}
	}
	if (span.at == span.end) {
		return NULL;
	}
	span.at++;
	skip_blanks(&span);
	return span.at < span.end ? parse_parameters(&span, out) : NULL;
}

static void parse_issue(struct acml_caa *out)
{
	out->malformed = parse_issue_value(out);
	if (out->malformed != NULL) {
		out->issuer = ACML_ISSUER_MALFORMED;
		out->domain = NULL;
		out->domain_len = 0;
	} else if (out->domain != NULL) {
		out->issuer = classify_issuer(out->domain, out->domain_len);
	}
}

void acml_caa_parse(const uint8_t *rdata, size_t rdlen, struct acml_caa *out)
{
	*out = (struct acml_caa){ .tag = ACML_CAA_UNKNOWN };
	if (rdlen > 0) {
		out->flags = rdata[0];
		/* RFC 8659 section 4.1: bit 0 is the most significant one. */
		out->critical = (rdata[0] & 0x80) != 0;
	}
	if (rdlen < 2 || rdata[1] == 0 || rdlen - 2 < rdata[1]) {
		return;
	}
	out->valid = true;
	out->tag_text = (const char *)rdata + 2;
	out->tag_len = rdata[1];
	out->value = out->tag_text + out->tag_len;
	out->value_len = rdlen - 2 - out->tag_len;
	out->tag = classify_tag(out->tag_text, out->tag_len);
	if (out->tag == ACML_CAA_ISSUE || out->tag == ACML_CAA_ISSUEWILD) {
		parse_issue(out);
	}
}
