/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first process. When VFS and the code pager are there, a thread of its
 * own makes pid 1 from nothing: view, task, image. All others come by fork.
 */
#include "process.h"
#include <base/assert.h>
#include <base/error.h>
#include <base/text.h>
#include <base/thread.h>
#include <kernel/mach.client.h>

extern error_t call_vfs_prepare(void);
extern error_t call_vfs_new_view(int pid, mach_port_t *view);
extern error_t call_vfs_open_exec(mach_port_t view, const char *path,
    mach_port_t *file, struct file_attributes *attributes);
extern error_t call_text_prepare(void);

static const char *init_path; /* from the arguments; null: the usual ones */
static const char *usual[] = { "/sbin/init", "/etc/init", "/bin/init",
	"/bin/sh" };
static const char environment[] = "HOME=/\0TERM=linux\0PATH=/usr/local/sbin:"
    "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static error_t run(struct body *body, const char *path)
{
	struct exec_request *request = heap_alloc_zero(sizeof *request);
	char strings[512];
	size_t size = strlen(path) + 1;
	int lost = 0;
	error_t error;

	if (!request)
		return E_NOMEM;
	error = call_vfs_open_exec(body->view, path, &request->file,
	    &request->attributes);
	if (error) {
		heap_free(request);
		return error;
	}
	text_copy(request->path, sizeof request->path, path, strlen(path));
	memcpy(strings, path, size);
	memcpy(strings + size, environment, sizeof environment);
	request->arguments = 1;
	request->environment = 3;
	request->strings = strings;
	request->size = size + sizeof environment;
	error = exec_run(body, request, 1, &lost);
	port_drop(request->file);
	heap_free(request);
	if (error && lost)
		panic("pid 1: %s: %s", path, error_name(error));
	return error;
}

static error_t make(struct body **result)
{
	struct body *body;
	error_t error;

	souls_lock();
	error = body_new(0, &body);
	souls_unlock();
	if (error)
		return error;
	error = call_vfs_new_view(body->process.pid, &body->view);
	if (!error)
		error = task_make(body, 0);
	if (!error)
		error = task_equip(body);
	*result = body;
	return error;
}

static error_t start(struct body *body)
{
	error_t error = E_NOENT;

	if (init_path)
		error = run(body, init_path);
	for (unsigned i = 0; error && i < sizeof usual / sizeof *usual; i++)
		error = run(body, usual[i]);
	return error;
}

error_t first_prepare(void)
{
	error_t error = call_vfs_prepare();

	return error ? error : call_text_prepare();
}

static void first_run(void *argument)
{
	struct body *body;
	error_t error;

	(void)argument;
	thread_name("first");
	error = first_prepare();
	if (!error)
		error = make(&body);
	if (!error)
		error = start(body);
	if (error) {
		log_loud("no first process: %s", error_name(error));
		return;
	}
	log_line("pid 1 runs %s", body->path);
	souls_lock();
	body->process.life = LIFE_RUNNING;
	task_begin_image(body);
	souls_unlock();
}

error_t first_start(int argc, char **argv)
{
	init_path = text_option(argc, argv, "init", 0);
	return thread_start(first_run, 0);
}
