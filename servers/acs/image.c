/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The images servers are started from: the boot archive, which GRUB loaded as
 * the RAM disk rd0 and which is mapped, never copied; and images that came
 * later, which go before those of the archive. One that is replaced stays for
 * as long as a server may have to be started from it again.
 */
#include "keep.h"
#include "core/archive.h"
#include "core/conf.h"
#include "core/names.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/guard.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <kernel/mach.client.h>
#include <mach/vm_inherit.h>
#include <string.h>

/* The same in each instance. */
#define ARCHIVE_ADDRESS 0x50000000u
#define IMAGES_FIRST 0x70000000u
#define IMAGES_END 0x9f000000u
#define IMAGES_STEP 0x00040000u

static const char *archive;
static size_t archive_size;

struct added {
	struct list link;
	char name[SERVER_NAME_MAX];
	char environment[ENVIRONMENT_MAX_SIZE]; /* who may start it */
	struct image image; /* data: vm memory, owned */
};
static struct list added = LIST_EMPTY(added);
static struct list retired = LIST_EMPTY(retired); /* replaced, but held */

static error_t archive_map(mach_port_t device)
{
	int status[DEV_GET_SIZE_COUNT];
	mach_msg_type_number_t count = DEV_GET_SIZE_COUNT;
	mach_port_t object;
	vm_address_t address;
	error_t error;

	error = device_get_status(device, DEV_GET_SIZE, status, &count);
	if (error)
		return error;
	archive_size = (size_t)status[DEV_GET_SIZE_DEVICE_SIZE];
	error = device_map(device, VM_PROT_READ, 0, page_round(archive_size),
	    &object, FALSE);
	if (error)
		return error;
	address = ARCHIVE_ADDRESS;
	error = syscall_vm_map(mach_task_self(), &address,
	    page_round(archive_size), 0, FALSE, object, 0, FALSE, VM_PROT_READ,
	    VM_PROT_READ, VM_INHERIT_NONE);
	port_drop(object);
	if (!error)
		archive = (const char *)address;
	return error;
}

error_t image_archive_open(void)
{
	char device_name[128] = "rd0";
	mach_port_t device;
	error_t error;

	error = device_open(acs_device, D_READ, device_name, &device);
	if (error)
		return error;
	error = archive_map(device);
	port_drop(device);
	return error;
}

static struct added *added_find(const char *environment, const char *name)
{
	list_each(link, &added) {
		struct added *one = list_item(link, struct added, link);

		if (strcmp(one->name, name) == 0 &&
		    strcmp(one->environment, environment) == 0)
			return one;
	}
	return NULL;
}

error_t image_find(const char *environment, const char *name,
    struct image *image)
{
	struct added *one = added_find(environment, name);
	struct archive_member member;
	size_t position = 0;

	if (!one)
		one = added_find("", name);
	if (one) {
		*image = one->image;
		return 0;
	}
	while (archive_next(archive, archive_size, &position, &member)) {
		if (strcmp(member.name, name) == 0) {
			image->data = member.data;
			image->size = member.size;
			return 0;
		}
	}
	return E_NOENT;
}

/* Takes size bytes at an address that is free here and in the vault. */
static error_t image_place(vm_size_t size, vm_address_t *place)
{
	for (vm_address_t at = IMAGES_FIRST; at + size <= IMAGES_END;
	     at += IMAGES_STEP) {
		*place = at;
		if (vm_allocate(mach_task_self(), place, size, FALSE))
			continue;
		if (!vm_allocate(GUARD_VAULT, place, size, FALSE))
			return 0;
		memory_free(at, size);
	}
	return E_NOMEM;
}

/* The vault has images that are not of the archive, too, at the same place: the
 * next instance of the ACS is born with them. */
void image_keep(struct image *image)
{
	vm_size_t size = page_round(image->size);
	vm_address_t place;
	error_t error;

	if (!keep_is_on())
		return;
	error = image_place(size, &place);
	if (error) {
		log_loud("an image outlives no ACS: %s", error_name(error));
		return;
	}
	memcpy((void *)place, image->data, image->size);
	error = vm_write(GUARD_VAULT, place, place, size);
	if (error)
		log_loud("an image outlives no ACS: %s", error_name(error));
	memory_free((vm_address_t)image->data, image->size);
	image->data = (const char *)place;
}

/* An instance that begins in the same task is not born with them: the memory
 * of the one before was freed. */
void image_fetch(const struct image *image)
{
	vm_address_t place = (vm_address_t)image->data;
	vm_size_t size = page_round(image->size);
	mach_msg_type_number_t count;
	vm_offset_t data;

	if (place < IMAGES_FIRST || place >= IMAGES_END ||
	    vm_allocate(mach_task_self(), &place, size, FALSE))
		return; /* of the archive, or it is here */
	if (vm_read(GUARD_VAULT, place, size, &data, &count)) {
		log_loud("an image is lost");
		return;
	}
	memcpy((void *)place, (const void *)data, size);
	memory_free(data, size);
}

static void image_free(const struct image *image)
{
	vm_address_t start = (vm_address_t)image->data;

	if (keep_is_on() && start >= IMAGES_FIRST && start < IMAGES_END)
		vm_deallocate(GUARD_VAULT, start, page_round(image->size));
	memory_free(start, image->size);
}

/* Whether an instance may still be started from data. */
static int image_held(const char *data)
{
	for (struct child *child = NULL; (child = child_next(child));) {
		if ((child->held.data == data ||
			child->previous.data == data) &&
		    child->state != CHILD_DEAD)
			return 1;
	}
	return 0;
}

static int image_known(const char *data)
{
	if (data >= archive && data < archive + archive_size)
		return 1;
	list_each(link, &added)
		if (list_item(link, struct added, link)->image.data == data)
			return 1;
	list_each(link, &retired)
		if (list_item(link, struct added, link)->image.data == data)
			return 1;
	return 0;
}

void image_drop(struct image *image)
{
	if (image->data && !image_known(image->data))
		image_free(image);
	image->data = NULL;
	image->size = 0;
}

void image_sweep(void)
{
	list_each_safe(link, &retired) {
		struct added *one = list_item(link, struct added, link);

		if (image_held(one->image.data))
			continue;
		list_remove(link);
		image_free(&one->image);
		heap_free(one);
	}
}

/* The added images of environment, name null: all, are only kept for those who
 * run them. */
static void added_retire(const char *environment, const char *name)
{
	list_each_safe(link, &added) {
		struct added *old = list_item(link, struct added, link);

		if ((name && strcmp(old->name, name) != 0) ||
		    strcmp(old->environment, environment) != 0)
			continue;
		list_remove(link);
		list_append(&retired, link);
	}
}

void images_forget(const char *environment)
{
	added_retire(environment, NULL);
	image_sweep();
}

error_t image_add(const char *environment, const char *name,
    CONSUMED const char *data, size_t size)
{
	struct added *one = heap_alloc_zero(sizeof(*one));

	if (!one)
		return E_NOMEM;
	added_retire(environment, name);
	strlcpy(one->name, name, sizeof(one->name));
	strlcpy(one->environment, environment, sizeof(one->environment));
	list_append(&added, &one->link);
	one->image.data = data;
	one->image.size = size;
	image_keep(&one->image);
	image_sweep();
	keep_write();
	return 0;
}

static unsigned list_keep(const struct list *list, int is_retired,
    struct kept_image *to, unsigned limit)
{
	unsigned count = 0;

	list_each(link, list) {
		struct added *one = list_item(link, struct added, link);

		if (count == limit)
			break;
		strlcpy(to[count].name, one->name, sizeof(to->name));
		strlcpy(to[count].environment, one->environment,
		    sizeof(to->environment));
		to[count].image = one->image;
		to[count++].retired = is_retired;
	}
	return count;
}

unsigned images_keep(struct kept_image *to, unsigned limit)
{
	unsigned count = list_keep(&added, 0, to, limit);

	return count + list_keep(&retired, 1, to + count, limit - count);
}

void image_restore(const struct kept_image *from)
{
	struct added *one = heap_alloc_zero(sizeof(*one));

	if (!one)
		return;
	strlcpy(one->name, from->name, sizeof(one->name));
	strlcpy(one->environment, from->environment, sizeof(one->environment));
	one->image = from->image;
	image_fetch(&one->image);
	list_append(from->retired ? &retired : &added, &one->link);
}

void image_plan(struct child_plan *plan, struct conf_line *line)
{
	struct image conf;
	size_t position = 0;
	int found;

	const unsigned kept = CONF_HOST | CONF_DEVICE |
	    (environment_administers(plan->environment) ? 0 : CONF_CMDLINE);

	plan->flags = 0;
	plan->may_register = "";
	/* an image of an environment's own gets no right to the machine */
	if (added_find(plan->environment, plan->image) &&
	    !environment_administers(plan->environment))
		return;
	if (image_find("", "boot.conf", &conf))
		return;
	while ((found = conf_next(conf.data, conf.size, &position, line))) {
		if (found < 0 || !patterns_match(line->image, plan->image))
			continue;
		plan->flags = line->flags & kept;
		plan->may_register = line->may_register;
		return;
	}
}
