/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts what boot.conf lists, each after the one before has registered. */
#include "acs.h"
#include "core/conf.h"
#include <base/log.h>
#include <base/text.h>
#include <string.h>

char command_line[1024];
static char environment[ENVIRONMENT_MAX_SIZE]; /* of the lines that follow */

static void arguments_make(const struct conf_line *line, char *text,
    size_t size)
{
	text[0] = 0;
	for (int i = 0; i < line->argument_count; i++)
		text_append(text, size, "%s%s", i ? " " : "",
		    line->arguments[i]);
	if (line->flags & CONF_CMDLINE)
		text_append(text, size, " %s", command_line);
}

/* Lock held. */
static void child_await_service(struct child *child)
{
	while (child->state == CHILD_STARTING || child->state == CHILD_PAUSED)
		condition_wait(&child_changed, &acs_lock);
	if (child->state == CHILD_DEAD)
		log_loud("%s died before it served", child->name);
}

/* "environment NAME [essential]": the servers that follow are its. It is the
 * one that administers the system. */
static void environment_begin(const struct conf_line *line)
{
	struct environment *made;
	error_t error;

	lock(&acs_lock);
	error = environments_add(&environments, line->image, "",
	    ENVIRONMENT_ADMINISTERS |
		(line->flags & CONF_ESSENTIAL ? ENVIRONMENT_ESSENTIAL : 0),
	    &made);
	keep_write();
	unlock(&acs_lock);
	if (error && error != E_EXIST) /* the ACS died at this */
		log_loud("environment %s: %s", line->image, error_name(error));
	else
		strlcpy(environment, line->image, sizeof(environment));
}

static void line_start(const struct conf_line *line)
{
	char arguments[1024];
	struct child_plan plan = { line->name, line->image, environment,
		arguments, line->may_register, line->flags };
	struct child *child;
	error_t error;

	arguments_make(line, arguments, sizeof(arguments));
	lock(&acs_lock);
	child = child_find(environment, line->name);
	error = child ? 0 : child_start(&plan, &child);
	if (error)
		log_loud("%s: image %s: %s", line->name, line->image,
		    error_name(error));
	else if (!(line->flags & CONF_NOWAIT))
		child_await_service(child);
	unlock(&acs_lock);
}

int command_line_has(const char *word)
{
	size_t length = strlen(word);
	const char *at = command_line;

	while ((at = strstr(at, word))) {
		if ((at == command_line || at[-1] == ' ') &&
		    (!at[length] || at[length] == ' '))
			return 1;
		at += length;
	}
	return 0;
}

void boot_servers(void)
{
	struct conf_line line;
	struct image conf;
	size_t position = 0;
	int found;
	error_t error;

	lock(&acs_lock);
	error = image_find("", "boot.conf", &conf);
	unlock(&acs_lock);
	if (error) {
		log_loud("the boot archive has no boot.conf");
		return;
	}
	while ((found = conf_next(conf.data, conf.size, &position, &line))) {
		if (found < 0)
			log_loud("boot.conf: what is this: %s", line.text);
		else if (strcmp(line.name, "environment") == 0)
			environment_begin(&line);
		else if (strcmp(line.name, "-") != 0)
			line_start(&line);
	}
}
