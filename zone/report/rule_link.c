/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "report/rules_doc.h"

#define GUIDE "https://docs.aws.amazon.com/acm/latest/userguide/"

/* "RFC 8659 section 4.2: …" */
static bool rfc_link(const char *source, char buffer[ACML_RULE_LINK])
{
	int number, section;
	int used = 0;
	if (sscanf(source, "RFC %d%n", &number, &used) != 1) {
		return false;
	}
	const char *behind = source + used;
	static const char word[] = " section ";
	if (strncmp(behind, word, strlen(word)) == 0 && sscanf(behind, " section %d", &section) == 1) {
		behind += strlen(word);
		int len = (int)strspn(behind, "0123456789.");
		snprintf(buffer, ACML_RULE_LINK, "https://www.rfc-editor.org/rfc/rfc%d#section-%.*s",
		         number, len, behind);
	} else {
		snprintf(buffer, ACML_RULE_LINK, "https://www.rfc-editor.org/rfc/rfc%d", number);
	}
	return true;
}

/* "ACM User Guide: DNS validation (dns-validation.html)" */
static bool guide_link(const char *source, char buffer[ACML_RULE_LINK])
{
	if (strncmp(source, "ACM User Guide", strlen("ACM User Guide")) != 0) {
		return false;
	}
	const char *page = strrchr(source, '(');
	size_t len = page != NULL ? strcspn(page + 1, ") ") : 0;
	bool named = page != NULL && memmem(page + 1, len, ".html", 5) != NULL;
	snprintf(buffer, ACML_RULE_LINK, GUIDE "%.*s", named ? (int)len : 0, named ? page + 1 : "");
	return true;
}

const char *acml_rule_link(const struct acml_rule *rule, char buffer[ACML_RULE_LINK])
{
	if (ACML_DOCS_URL[0] != '\0') {
		snprintf(buffer, ACML_RULE_LINK, "%s/%s.md", ACML_DOCS_URL, rule->id);
		return buffer;
	}
	for (size_t i = 0; rule->sources[i] != NULL; i++) {
		if (rfc_link(rule->sources[i], buffer) || guide_link(rule->sources[i], buffer)) {
			return buffer;
		}
	}
	snprintf(buffer, ACML_RULE_LINK, "%s", GUIDE);
	return buffer;
}
