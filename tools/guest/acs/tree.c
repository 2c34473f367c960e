/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acs, to a person: the environments and their servers as a tree, with what
 * they did in the last moment and whom they wait for.
 */
#include "acs.h"
#include "table.h"
#include "waits.h"
#include <base/mach.h>
#include <env.client.h>
#include <kernel/mach.client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MOMENT = 400000, /* microseconds between two looks */
};

struct tree {
	struct table was, is, environments;
	struct waits waits;
};

/* 75 s, 12 min, 3 h 05 */
static const char *time_text(unsigned seconds)
{
	static char text[24];

	if (seconds < 120)
		snprintf(text, sizeof(text), "%u s", seconds);
	else if (seconds < 7200)
		snprintf(text, sizeof(text), "%u min", seconds / 60);
	else
		snprintf(text, sizeof(text), "%u h %02u", seconds / 3600,
		    seconds / 60 % 60);
	return text;
}

static const char *size_text(unsigned kilobytes)
{
	static char text[24];

	if (kilobytes < 10240)
		snprintf(text, sizeof(text), "%u K", kilobytes);
	else
		snprintf(text, sizeof(text), "%u M", kilobytes / 1024);
	return text;
}

static void server_print(const struct tree *tree, int row, int last)
{
	const struct table *is = &tree->is;
	const char *name = is->cells[row][0];
	const char *plain = strchr(name, '/');
	int old = table_find(&tree->was, name);
	double messages = old < 0 ? 0 :
	    table_grown(&tree->was, old, is, row, "RECEIVED");
	const char *waits = waits_of(&tree->waits, name);

	printf("%s %-17s %-10s %7s %5s", last ? "`-" : "|-",
	    plain ? plain + 1 : name, table_cell(is, row, "STATE"),
	    time_text(atoi(table_cell(is, row, "UP(s)"))),
	    table_cell(is, row, "RESTARTS"));
	printf(" %7.0f/s %7s %7s s  %s%s\n", messages * 1000000 / MOMENT,
	    size_text(atoi(table_cell(is, row, "MEMORY(KB)"))),
	    table_cell(is, row, "CPU(s)"), *waits ? "waits: " : "", waits);
}

static int is_of(const struct tree *tree, int row, const char *environment)
{
	return row < tree->is.rows && strcmp(environment,
	    table_cell(&tree->is, row, "ENVIRONMENT")) == 0;
}

static void servers_print(const struct tree *tree, const char *environment)
{
	int last = 0;

	for (int row = 1; row < tree->is.rows; row++)
		if (is_of(tree, row, environment))
			last = row;
	for (int row = 1; row < tree->is.rows; row++)
		if (is_of(tree, row, environment))
			server_print(tree, row, row == last);
}

/* " 3 of 20" */
static void share_print(const struct table *all, int row, int column,
    const char *what)
{
	printf("  %s%s", all->cells[row][column], what);
	if (strcmp(all->cells[row][column + 1], "-") != 0)
		printf(" of %s", all->cells[row][column + 1]);
}

static void environments_print(const struct tree *tree)
{
	const struct table *all = &tree->environments;

	for (int row = 1; row < all->rows; row++) {
		printf("%s  %s", all->cells[row][0], all->cells[row][1]);
		share_print(all, row, 3, " programs");
		share_print(all, row, 5, " KB");
		if (strcmp(all->cells[row][7], "-") != 0)
			printf("  priority %s", all->cells[row][7]);
		printf("  %s\n", all->cells[row][9] ? all->cells[row][9] : "");
		servers_print(tree, all->cells[row][0]);
	}
}

/* Whoever may not know of environments sees his own as a group. */
static void groups_print(const struct tree *tree)
{
	const char *before = "host";

	for (int row = 1; row < tree->is.rows; row++) {
		const char *one = table_cell(&tree->is, row, "ENVIRONMENT");

		if (strcmp(one, before) == 0 || strcmp(one, "host") == 0)
			continue;
		before = one;
		printf("%s\n", one);
		servers_print(tree, one);
	}
}

static void environments_read(struct table *table, mach_port_t acs)
{
	large_data_t text;
	mach_msg_type_number_t size;
	char *copy;

	table->rows = 0;
	if (env_list(acs, &text, &size))
		return;
	copy = malloc(size);
	if (copy) {
		memcpy(copy, text, size);
		table_split(table, copy, size);
	}
	vm_deallocate(mach_task_self(), (vm_address_t)text, size);
}

int tree_show(mach_port_t acs)
{
	static struct tree tree;

	if (!table_read(&tree.was))
		return 1;
	waits_read(&tree.waits, acs);
	usleep(MOMENT);
	if (!table_read(&tree.is))
		return 1;
	environments_read(&tree.environments, acs);
	printf("host%-16s%-10s %7s %5s %9s %7s %9s\n", "", "STATE", "UP",
	    "AGAIN", "MESSAGES", "MEMORY", "CPU");
	servers_print(&tree, "host");
	if (tree.environments.rows > 1)
		environments_print(&tree);
	else
		groups_print(&tree);
	return 0;
}

int waits_show(mach_port_t acs)
{
	static struct waits waits;

	waits_read(&waits, acs);
	for (int i = 0; i < waits.count; i++)
		printf("%-24s waits for %-16s %s\n", waits.all[i].server,
		    waits.all[i].interface, waits.all[i].message);
	if (!waits.count)
		puts("nobody waits for anybody");
	return 0;
}
