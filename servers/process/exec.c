/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exec: a new image in a task. In order:
 *
 *	look	at the file: its code object and first bytes from the code
 *		pager; scripts lead to their interpreter's file, and again
 *	check	the ELF headers of the program and its interpreter (ld.so), the
 *		sizes of arguments: up to here an error goes back to the caller
 *	clear	the old image: all memory but libmasix's own; or, if the
 *		program changes who the process is, make a task (anew.c)
 *	map	the segments; make the stack
 *	start	a new thread in libmasix; the old ones end
 *
 * No lock is held: only the process itself is changed, which waits for us. If
 * it is killed meanwhile the kernel's calls fail, and so does the exec.
 */
#include "process.h"
#include "core/elf.h"
#include "core/script.h"
#include "core/stack.h"
#include "load.h"
#include <base/layout.h>
#include <base/libmasix_header.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/text.h>

enum {
	ARGUMENTS_MIN = 131072,      /* never less, whatever the stack limit */
	ARGUMENTS_MAX = 6 << 20,     /* nor more: 3/4 of the usual stack */
	NAME_MAX = 15,               /* of comm */
	STACK_COUNTED = 33 * PAGE_SIZE, /* of RLIMIT_AS, as Linux maps it */
};

extern error_t call_vfs_open_exec(mach_port_t view, const char *path,
    mach_port_t *file, struct file_attributes *attributes);
extern error_t call_vfs_credentials(mach_port_t view,
    const struct credentials *credentials);

/* What an exec has found out before the old image goes. */
struct plan {
	struct image program, interpreter; /* see load.h */
	struct file_attributes attributes; /* of the program's file */
	char *path;       /* of the program; a script's interpreter. owned */
	char *strings;    /* rewritten by scripts; owned, or null */
	struct credentials credentials;
	int secure;
	mach_port_t task; /* where the image is made; borrowed, or (anew, */
	int anew;         /* not taken yet) owned */
	struct stack_request stack;
};

static void plan_free(struct plan *plan)
{
	image_free(&plan->program);
	image_free(&plan->interpreter);
	heap_free(plan->path);
	heap_free(plan->strings);
	if (plan->anew && plan->task) {
		syscall_task_terminate(plan->task);
		port_drop(plan->task);
	}
	heap_free(plan);
}

/* The file in plan->program is a script: its interpreter's takes its place. */
static error_t follow_script(struct body *body, struct plan *plan)
{
	struct stack_request *stack = &plan->stack;
	struct script script;
	size_t size;
	char *strings, *path;
	mach_port_t file;
	error_t error;

	error = script_parse(plan->program.header, plan->program.header_size,
	    &script);
	if (error)
		return error;
	size = script_size(&script, plan->path, stack->size);
	strings = heap_alloc(size);
	path = heap_text(script.interpreter, strlen(script.interpreter));
	if (!strings || !path) {
		heap_free(strings);
		heap_free(path);
		return E_NOMEM;
	}
	stack->size = script_arguments(&script, plan->path, stack->strings,
	    stack->size, &stack->arguments, strings);
	stack->strings = strings;
	heap_free(plan->strings);
	plan->strings = strings;
	heap_free(plan->path);
	plan->path = path;
	error = call_vfs_open_exec(body->view, path, &file, &plan->attributes);
	if (error)
		return error;
	image_free(&plan->program);
	error = image_look(&plan->program, file, &plan->attributes);
	port_drop(file);
	return error;
}

/* From the file given to a program that can be mapped. */
static error_t find_program(struct body *body, struct plan *plan,
    const struct exec_request *request)
{
	error_t error;

	error = image_look(&plan->program, request->file,
	    &request->attributes);
	for (int depth = 0; !error && image_is_script(&plan->program);
	     depth++) {
		if (depth == SCRIPT_DEPTH)
			return E_LOOP;
		error = follow_script(body, plan);
	}
	if (!error)
		error = image_parse(&plan->program);
	if (!error && process_native && !plan->program.elf.is_native)
		error = E_NOEXEC;
	return error;
}

/* The program's interpreter, if it names one. */
static error_t find_interpreter(struct body *body, struct plan *plan)
{
	struct file_attributes attributes;
	mach_port_t file;
	char *path;
	error_t error;

	error = image_interpreter(&plan->program, &path);
	if (error || !path)
		return error;
	error = call_vfs_open_exec(body->view, path, &file, &attributes);
	heap_free(path);
	if (error)
		return error;
	error = image_look(&plan->interpreter, file, &attributes);
	port_drop(file);
	if (!error)
		error = image_parse(&plan->interpreter);
	if (error == E_NOEXEC)
		return E_LIBBAD;
	return error;
}

static size_t arguments_limit(const struct body *body)
{
	uint32_t stack = body->process.limits.of[LIMIT_STACK].soft / 4;

	if (stack > ARGUMENTS_MAX)
		return ARGUMENTS_MAX;
	return stack < ARGUMENTS_MIN ? ARGUMENTS_MIN : stack;
}

/* A program without arguments gets an empty one, as on Linux. */
static error_t add_argument(struct plan *plan)
{
	struct stack_request *stack = &plan->stack;

	plan->strings = heap_alloc(stack->size + 1);
	if (!plan->strings)
		return E_NOMEM;
	plan->strings[0] = 0;
	memcpy(plan->strings + 1, stack->strings, stack->size);
	stack->strings = plan->strings;
	stack->size++;
	stack->arguments = 1;
	return 0;
}

static error_t plan_make(struct body *body,
    const struct exec_request *request, struct plan *plan)
{
	struct stack_request *stack = &plan->stack;
	error_t error;

	plan->attributes = request->attributes;
	plan->path = heap_text(request->path, strlen(request->path));
	if (!plan->path)
		return E_NOMEM;
	stack->top = LAYOUT_STACK_TOP;
	stack->path = request->path;
	stack->strings = request->strings;
	stack->size = request->size;
	stack->arguments = request->arguments;
	stack->environment = request->environment;
	error = stack_check(stack, arguments_limit(body));
	if (!error && !stack->arguments)
		error = add_argument(plan);
	if (!error)
		error = find_program(body, plan, request);
	if (!error)
		error = find_interpreter(body, plan);
	if (!error)
		error = stack_check(stack, arguments_limit(body));
	plan->credentials = body->process.credentials;
	plan->secure = credentials_exec(&plan->credentials,
	    plan->attributes.mode, plan->attributes.uid, plan->attributes.gid);
	return error;
}

/* Everything goes but libmasix with its page and windows. */
static error_t clear_memory(mach_port_t task)
{
	error_t error = syscall_vm_deallocate(task, 0, LAYOUT_LIBMASIX);

	if (error)
		return error;
	return syscall_vm_deallocate(task, LAYOUT_STACK_LIMIT,
	    LAYOUT_TOP - LAYOUT_STACK_LIMIT);
}

static void add_aux(struct plan *plan)
{
	const struct libmasix_header *header = libmasix_header();
	const struct credentials *own = &plan->credentials;
	struct image *program = &plan->program;
	struct stack_request *stack = &plan->stack;

	stack_add(stack, AUX_SYSINFO, header->sysinfo);
	stack_add(stack, AUX_SYSINFO_HEADER, header->vdso);
	stack_add(stack, AUX_CAPABILITIES, 0);
	stack_add(stack, AUX_PAGE_SIZE, PAGE_SIZE);
	stack_add(stack, AUX_CLOCK, 100);
	stack_add(stack, AUX_HEADERS, program->elf.headers ?
	    program->elf.headers + program->bias : 0);
	stack_add(stack, AUX_HEADER_SIZE, 32);
	stack_add(stack, AUX_HEADER_COUNT, program->elf.header_count);
	stack_add(stack, AUX_BASE, plan->interpreter.object ?
	    plan->interpreter.bias + plan->interpreter.elf.low : 0);
	stack_add(stack, AUX_FLAGS, 0);
	stack_add(stack, AUX_ENTRY, program->elf.entry + program->bias);
	stack_add(stack, AUX_UID, own->user.real);
	stack_add(stack, AUX_EUID, own->user.effective);
	stack_add(stack, AUX_GID, own->group.real);
	stack_add(stack, AUX_EGID, own->group.effective);
	stack_add(stack, AUX_SECURE, (uint32_t)plan->secure);
	clock_random(stack->random, sizeof stack->random);
}

/* The stack: room up to the limit, the first pages filled. */
static error_t make_stack(struct body *body, struct plan *plan, uint32_t *esp)
{
	struct stack_request *stack = &plan->stack;
	uint32_t limit = body->process.limits.of[LIMIT_STACK].soft;
	uint32_t filled = page_round(stack_size(stack));
	vm_address_t start;

	add_aux(plan);
	filled = page_round(stack_size(stack));
	if (limit > LAYOUT_STACK_TOP - LAYOUT_STACK_LIMIT)
		limit = LAYOUT_STACK_TOP - LAYOUT_STACK_LIMIT;
	limit = page_round(limit);
	if (limit < filled + 16 * PAGE_SIZE)
		limit = filled + 16 * PAGE_SIZE;
	start = LAYOUT_STACK_TOP - limit;
	return load_stack(plan->task, start, stack, filled, esp);
}

/* A path that has no room is not shown at all. */
static void show_path(struct body *body, const char *path)
{
	size_t size = strlen(path) + 1;

	if (size > sizeof body->path)
		body->path[0] = 0;
	else
		memcpy(body->path, path, size);
}

/* What people and the kernel's debugger see of the new image. Locked. */
static void show_image(struct body *body, struct plan *plan,
    const char *request_path, uint32_t esp)
{
	struct stack_request *stack = &plan->stack;
	const char *name = strrchr(request_path, '/');
	const struct image *program = &plan->program;
	const char *string = stack->strings;

	name = name ? name + 1 : request_path;
	memset(body->process.name, 0, sizeof body->process.name);
	for (int i = 0; i < NAME_MAX && name[i]; i++)
		body->process.name[i] = name[i];
	show_path(body, plan->path);
	for (int i = 0; i < stack->arguments; i++)
		string += strlen(string) + 1;
	body->arguments = stack->top - 4 - (uint32_t)strlen(stack->path) - 1 -
	    (uint32_t)stack->size;
	body->arguments_size = (uint32_t)(string - stack->strings);
	body->environment = body->arguments + body->arguments_size;
	body->environment_size = (uint32_t)stack->size - body->arguments_size;
	body->start_code = program->elf.low + program->bias;
	body->end_code = program->elf.segments[0].address +
	    program->elf.segments[0].memory_size + program->bias;
	body->start_stack = esp;
	body->start_brk = program->elf.high + program->bias;
}

/* The process is another one now. */
static error_t take_identity(struct body *body, struct plan *plan,
    const char *path, uint32_t esp)
{
	struct credentials *own = &body->process.credentials;
	int changed = memcmp(own, &plan->credentials, sizeof *own) != 0;
	error_t error = 0;

	if (changed)
		error = call_vfs_credentials(body->view, &plan->credentials);
	souls_lock();
	if (body->process.life == LIFE_ZOMBIE || !body->page) {
		souls_unlock();
		return E_INTR;
	}
	*own = plan->credentials;
	body->process.has_execed = 1;
	life_forget_timers(&body->process);
	ipc_exec(body);
	body->page->caught = 0;
	body->page->waiting = 0;
	body->page->child_flags = 0;
	body->page->generation++;
	show_image(body, plan, path, esp);
	body_show(body);
	wait_wake(&body->parents);
	souls_unlock();
	return error;
}

static error_t start_image(struct body *body, struct plan *plan, int fresh,
    uint32_t esp)
{
	struct image *program = &plan->program, *loader = &plan->interpreter;
	struct image *first = loader->object ? loader : program;
	struct task_start start = {
		.entry = libmasix_header()->start,
		.stack = esp,
		.eax = first->elf.entry + first->bias,
		.ebx = plan->anew ? LAYOUT_CARRIED : (uint32_t)fresh,
		.ecx = program->clear,
		.edx = program->clear_size,
		.esi = loader->clear,
		.edi = loader->clear_size,
		.ebp = program->elf.high + program->bias,
	};

	return task_make_thread(body, &start);
}

/* Whether the program makes body somebody else. */
static int changes_identity(const struct body *body, const struct plan *plan)
{
	const struct credentials *old = &body->process.credentials;
	const struct credentials *new = &plan->credentials;

	return old->user.effective != new->user.effective ||
	    old->group.effective != new->group.effective;
}

/* Whether the limits let the image in; what is mapped later libmasix judges. */
static int fits(const struct body *body, const struct plan *plan)
{
	const struct limit_value *limits = body->process.limits.of;
	uint32_t space = STACK_COUNTED, data = 0;

	image_measure(&plan->program, &space, &data);
	image_measure(&plan->interpreter, &space, &data);
	return space <= limits[LIMIT_SPACE].soft &&
	    data <= limits[LIMIT_DATA].soft;
}

static error_t prepare_task(struct body *body, struct plan *plan, int fresh)
{
	error_t error;

	plan->task = plan->anew ? MACH_PORT_NULL : body->task;
	if (plan->anew) {
		error = task_make_empty(body->process.nice, &plan->task);
		if (error)
			return error;
	}
	return plan->anew || fresh ? libmasix_map(plan->task) :
	    clear_memory(plan->task);
}

error_t exec_run(struct body *body, const struct exec_request *request,
    int fresh, int *lost)
{
	struct plan *plan = heap_alloc_zero(sizeof *plan);
	uint32_t esp = 0;
	error_t error;

	*lost = 0;
	if (!plan)
		return E_NOMEM;
	error = plan_make(body, request, plan);
	plan->anew = request->carried != 0;
	if (!error && !fresh && !plan->anew && changes_identity(body, plan))
		error = E_ANEW;
	if (error) {
		plan_free(plan);
		return error;
	}
	*lost = 1;
	error = fits(body, plan) ? prepare_task(body, plan, fresh) : E_NOMEM;
	if (!error)
		error = image_map(&plan->program, plan->task, LAYOUT_PIE_BASE);
	if (!error && plan->interpreter.object)
		error = image_map(&plan->interpreter, plan->task,
		    LAYOUT_MMAP_BASE);
	if (!error)
		error = make_stack(body, plan, &esp);
	if (!error && plan->anew) {
		error = anew_take(body, plan->task, &plan->credentials,
		    request);
		plan->task = MACH_PORT_NULL;
	}
	if (!error)
		error = take_identity(body, plan, request->path, esp);
	if (!error)
		error = start_image(body, plan, fresh, esp);
	plan_free(plan);
	return error;
}
