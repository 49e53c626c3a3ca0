/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Completion of commands, options, their values and rules, for three shells. Nothing in the tables
 * needs quoting but apostrophes and, in zsh, brackets and colons. */

#include <string.h>

#include "cli/command.h"
#include "cli/manual.h"
#include "rules/rule.h"

/* With these characters behind a backslash. */
static void quoted(FILE *out, const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			fputs("'\\''", out);
			continue;
		}
		if (strchr(special, *text) != NULL) {
			fputc('\\', out);
		}
		fputc(*text, out);
	}
}

static void rule_words(FILE *out, const char *behind)
{
	const struct acml_rule *rule;
	for (size_t i = 0; (rule = acml_rule_at(i)) != NULL; i++) {
		fprintf(out, "%s%s%s", i > 0 ? " " : "", rule->id, behind);
	}
}

static void write_words(FILE *out, const char *words)
{
	if (strcmp(words, ACML_COMPLETE_RULES) == 0) {
		rule_words(out, "");
	} else if (strcmp(words, ACML_COMPLETE_LEVELS) == 0) {
		rule_words(out, "=off");
	} else {
		fputs(words, out);
	}
}

static bool is_files(const char *words)
{
	return words != NULL && strcmp(words, ACML_COMPLETE_FILES) == 0;
}

static void command_words(FILE *out)
{
	for (size_t i = 0; acml_commands[i] != NULL; i++) {
		fprintf(out, "%s%s", i > 0 ? " " : "", acml_commands[i]->name);
	}
}

/* Values of options, by command and option. */
static void bash_values(FILE *out, const struct acml_manual *manual)
{
	const struct acml_manual_option *option;
	for (size_t i = 0; (option = acml_manual_option(manual, i)) != NULL; i++) {
		if (option->value == NULL) {
			continue;
		}
		fprintf(out, "\t%s:--%s", manual->command, option->name);
		if (option->letter != 0) {
			fprintf(out, " | %s:-%c", manual->command, option->letter);
		}
		fputs(") ", out);
		if (is_files(option->words)) {
			fputs("return ;;\n", out);
		} else {
			fputs("words='", out);
			write_words(out, option->words != NULL ? option->words : "");
			fputs("' ;;\n", out);
		}
	}
}

static void bash_command(FILE *out, const struct acml_manual *manual)
{
	const struct acml_manual_option *option;
	fprintf(out, "\t%s:*) options='", manual->command);
	for (size_t i = 0; (option = acml_manual_option(manual, i)) != NULL; i++) {
		fprintf(out, "%s--%s", i > 0 ? " " : "", option->name);
	}
	fputs("'", out);
	if (manual->words != NULL) {
		fputs("; words='", out);
		write_words(out, manual->words);
		fputs("'", out);
	}
	fputs(" ;;\n", out);
}

static void bash(FILE *out)
{
	const struct acml_manual *manual;
	fputs("# Completion for bash. Made by acmlint completion bash.\n_acmlint()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal command=check words='' options='' i\n\tCOMPREPLY=()\n"
	      "\tif [ \"$cur\" = = ]; then\n\t\tcur=\n\telif [ \"$last\" = = ]; then\n"
	      "\t\tlast=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n"
	      "\tif [ \"$COMP_CWORD\" -gt 1 ]; then\n\t\tcase ${COMP_WORDS[1]} in\n\t\t", out);
	for (size_t i = 0; acml_commands[i] != NULL; i++) {
		fprintf(out, "%s%s", i > 0 ? " | " : "", acml_commands[i]->name);
	}
	fputs(") command=${COMP_WORDS[1]} ;;\n\t\tesac\n\tfi\n\tcase $command:$last in\n", out);
	for (size_t i = 0; (manual = acml_manual_at(i)) != NULL; i++) {
		bash_values(out, manual);
	}
	for (size_t i = 0; (manual = acml_manual_at(i)) != NULL; i++) {
		bash_command(out, manual);
	}
	fputs("\tesac\n\tif [[ $cur == -* ]]; then\n\t\twords=$options\n"
	      "\telif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\twords='", out);
	command_words(out);
	fputs("'\n\tfi\n\tif [ -n \"$words\" ]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n\tfi\n}\n"
	      "complete -o bashdefault -o default -F _acmlint acmlint\n", out);
}

static void zsh_option(FILE *out, const struct acml_manual_option *option)
{
	fputs(" \\\n\t\t\t'", out);
	if (option->letter != 0) {
		fprintf(out, "(-%c --%s)'{-%c,--%s}'", option->letter, option->name, option->letter,
		        option->name);
	} else {
		fprintf(out, "*--%s", option->name);
	}
	fputc('[', out);
	quoted(out, option->help, "[]\\");
	fputc(']', out);
	if (option->value != NULL) {
		fprintf(out, ":%s:", option->value);
		if (is_files(option->words)) {
			fputs("_files", out);
		} else if (option->words != NULL) {
			fputc('(', out);
			write_words(out, option->words);
			fputc(')', out);
		}
	}
	fputc('\'', out);
}

static void zsh(FILE *out)
{
	const struct acml_manual *manual;
	const struct acml_manual_option *option;
	fputs("#compdef acmlint\n# Completion for zsh. Made by acmlint completion zsh.\n_acmlint()\n{\n"
	      "\tlocal -a commands\n\tcommands=(\n", out);
	for (size_t i = 0; acml_commands[i] != NULL; i++) {
		fprintf(out, "\t\t'%s:", acml_commands[i]->name);
		quoted(out, acml_commands[i]->summary, ":\\");
		fputs("'\n", out);
	}
	fputs("\t)\n\tif (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
	      "\t\t_describe command commands\n\t\t_files\n\t\treturn\n\tfi\n"
	      "\tlocal command=check\n\tif (( ${+commands[(r)$words[2]:*]} )); then\n"
	      "\t\tcommand=$words[2]\n\t\tshift words\n\t\t(( CURRENT-- ))\n\tfi\n"
	      "\tcase $command in\n", out);
	for (size_t i = 0; (manual = acml_manual_at(i)) != NULL; i++) {
		fprintf(out, "\t\t%s) _arguments -s", manual->command);
		for (size_t j = 0; (option = acml_manual_option(manual, j)) != NULL; j++) {
			zsh_option(out, option);
		}
		if (manual->words == NULL) {
			fputs(" \\\n\t\t\t'*:zone file:_files'", out);
		} else if (manual->words[0] != '\0') {
			fputs(" \\\n\t\t\t'*:what:(", out);
			write_words(out, manual->words);
			fputs(")'", out);
		}
		fputs(" ;;\n", out);
	}
	fputs("\tesac\n}\nif [ \"$funcstack[1]\" = _acmlint ]; then\n\t_acmlint \"$@\"\nelse\n"
	      "\tcompdef _acmlint acmlint\nfi\n", out);
}

static void fish_option(FILE *out, const char *when, const struct acml_manual_option *option)
{
	fprintf(out, "complete -c acmlint -n '%s' -l %s", when, option->name);
	if (option->letter != 0) {
		fprintf(out, " -s %c", option->letter);
	}
	if (is_files(option->words)) {
		fputs(" -r -F", out);
	} else if (option->value != NULL) {
		fputs(" -x -a '", out);
		write_words(out, option->words != NULL ? option->words : "");
		fputs("'", out);
	}
	fputs(" -d '", out);
	for (const char *c = option->help; *c != '\0'; c++) {
		fprintf(out, *c == '\'' ? "\\'" : "%c", *c);
	}
	fputs("'\n", out);
}

static void fish(FILE *out)
{
	const struct acml_manual *manual;
	const struct acml_manual_option *option;
	fputs("# Completion for fish. Made by acmlint completion fish.\n", out);
	for (size_t i = 0; acml_commands[i] != NULL; i++) {
		fprintf(out, "complete -c acmlint -n __fish_use_subcommand -a %s -d '",
		        acml_commands[i]->name);
		for (const char *c = acml_commands[i]->summary; *c != '\0'; c++) {
			fprintf(out, *c == '\'' ? "\\'" : "%c", *c);
		}
		fputs("'\n", out);
	}
	for (size_t i = 0; (manual = acml_manual_at(i)) != NULL; i++) {
		char when[512];
		size_t used = 0;
		if (strcmp(manual->command, "check") == 0) {
			/* The default: whenever no other one is named. */
			used = (size_t)snprintf(when, sizeof(when), "not __fish_seen_subcommand_from");
			for (size_t j = 0; acml_commands[j] != NULL && used < sizeof(when); j++) {
				bool other = strcmp(acml_commands[j]->name, "check") != 0;
				used += (size_t)snprintf(when + used, sizeof(when) - used, "%s%s",
				                         other ? " " : "", other ? acml_commands[j]->name : "");
			}
		} else {
			snprintf(when, sizeof(when), "__fish_seen_subcommand_from %s", manual->command);
		}
		for (size_t j = 0; (option = acml_manual_option(manual, j)) != NULL; j++) {
			fish_option(out, when, option);
		}
		if (manual->words != NULL) {
			fprintf(out, "complete -c acmlint -n '%s' -f -a '", when);
			write_words(out, manual->words);
			fputs("'\n", out);
		}
	}
}

bool acml_manual_shell(FILE *out, const char *shell)
{
	static const struct {
		const char *name;
		void (*write)(FILE *out);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].name, shell) == 0) {
			shells[i].write(out);
			return true;
		}
	}
	return false;
}
