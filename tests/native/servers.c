/* SPDX-License-Identifier: BSD-2-Clause */
/* The ACS's list of servers: lines of tab-separated columns, the first line
 * has their titles. */
#include "servers.h"
#include <acs.client.h>
#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MAX = 16384,
	CELL_MAX = 128,
};

static char text[TEXT_MAX];

static error_t list_read(mach_port_t acs)
{
	mach_msg_type_number_t size;
	char *data;
	error_t error = acs_list(acs, &data, &size);

	if (error)
		return error;
	memcpy(text, data, size < TEXT_MAX ? size : TEXT_MAX - 1);
	text[size < TEXT_MAX ? size : TEXT_MAX - 1] = 0;
	memory_free((vm_address_t)data, size);
	return 0;
}

static const char *line_after(const char *line)
{
	line = strchr(line, '\n');
	return line && line[1] ? line + 1 : NULL;
}

/* The column-th cell of a line. */
static void cell_take(const char *line, int column, char *cell)
{
	size_t length;

	for (; column > 0; column--) {
		line += strcspn(line, "\t\n");
		line += *line == '\t';
	}
	length = strcspn(line, "\t\n");
	if (length >= CELL_MAX)
		length = CELL_MAX - 1;
	memcpy(cell, line, length);
	cell[length] = 0;
}

static int column_find(const char *title)
{
	char cell[CELL_MAX];

	for (int column = 0; column < 20; column++) {
		cell_take(text, column, cell);
		if (strcmp(cell, title) == 0)
			return column;
	}
	return 0;
}

static unsigned number_take(const char *line, const char *title, char *cell)
{
	cell_take(line, column_find(title), cell);
	return (unsigned)strtoul(cell, NULL, 10);
}

static void line_read(const char *line, struct server_state *state)
{
	char cell[CELL_MAX];

	cell_take(line, column_find("STATE"), cell);
	state->serves = strncmp(cell, "serving", 7) == 0;
	state->memory = number_take(line, "MEMORY(KB)", cell);
	state->threads = number_take(line, "THREADS", cell);
	state->ports = number_take(line, "PORTS", cell);
	state->received = number_take(line, "RECEIVED", cell);
	state->restarts = number_take(line, "RESTARTS", cell);
	state->recovers = strchr(cell, '-') == NULL;
}

static int is_named(const char *cell, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(cell, name, length) &&
	    (!cell[length] || cell[length] == ':');
}

error_t server_state(mach_port_t acs, const char *name,
    struct server_state *state)
{
	char cell[CELL_MAX];
	error_t error = list_read(acs);

	if (error)
		return error;
	for (const char *line = line_after(text); line;
	     line = line_after(line)) {
		cell_take(line, 0, cell);
		if (is_named(cell, name)) {
			line_read(line, state);
			return 0;
		}
	}
	return E_NOENT;
}

const char *server_recovering(mach_port_t acs, unsigned index)
{
	static char cell[CELL_MAX];
	struct server_state state;

	if (list_read(acs))
		return NULL;
	for (const char *line = line_after(text); line;
	     line = line_after(line)) {
		line_read(line, &state);
		cell_take(line, 0, cell);
		if (state.recovers && state.serves && !index--)
			return cell;
	}
	return NULL;
}

unsigned servers_deaths(mach_port_t acs, unsigned *ended)
{
	unsigned deaths = 0;
	struct server_state state;

	*ended = 0;
	if (list_read(acs))
		return 0;
	for (const char *line = line_after(text); line;
	     line = line_after(line)) {
		line_read(line, &state);
		deaths += state.restarts;
		*ended += !state.serves;
	}
	return deaths;
}
