/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pfs.defs: names that come, go and change. These must not be done twice: a
 * request that an instance before us has done, and could not answer, is
 * answered by what it noted.
 */
#include "serve_pfs.h"
#include <base/port.h>
#include <pfs.server.h>
#include <string.h>

static error_t name_check(const char *name, mach_msg_type_number_t length)
{
	if (!length)
		return E_NOENT;
	if (length > FS_NAME_MAX)
		return E_NAMETOOLONG;
	if (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))
		return E_EXIST;
	return memchr(name, '/', length) || memchr(name, 0, length) ? E_INVAL :
								      0;
}

/* A directory to change. has_op: the type can do it. */
static error_t use_to_change(offset_t number, const char *name,
    mach_msg_type_number_t length, int has_op, struct file **file)
{
	error_t error = name_check(name, length);

	if (!error)
		error = use_directory(number, file);
	if (error)
		return error;
	error = change_check(*file, has_op);
	if (error)
		end_use(*file);
	return error;
}

/* The new node's answer; if it can't be given the node is gone again. */
static error_t created_answer(struct fs_node *node, int access,
    file_attributes_t *attributes, mach_port_t *right,
    mach_msg_type_name_t *type)
{
	struct file *file;
	error_t error = file_of_node(node, &file);

	if (error)
		return error;
	if (access)
		error = file_right_answer(file, access, right, type);
	if (!error) {
		if (!renew_caller_died())
			file_tell(file);
		file_attributes_fill(file,
		    (struct file_attributes *)attributes);
	}
	file_put(file);
	return error;
}

static error_t create_once(int request, struct file *directory,
    const char *name, unsigned length, const struct fs_new *what,
    struct fs_node **made)
{
	const struct outcome *outcome = outcome_find(request);
	error_t error;

	if (outcome)
		return fs_node_get(fs_volume, outcome->node, made);
	/* A hurt instance would make a FIFO of a file: who opens it waits. */
	if ((what->mode & FS_KIND) != FS_REGULAR)
		server_sound();
	error = fs_type->ops->create(directory->node, name, length, what, made);
	if (error)
		return error;
	file_changed(directory);
	outcome_note(request, (*made)->number, 0, 0);
	return 0;
}

error_t serve_pfs_create(object_t pfs, offset_t directory, const name_t name,
    mach_msg_type_number_t length, int mode, int uid, int gid, int device,
    const path_t target, mach_msg_type_number_t target_length, int access,
    int request, offset_t *node, file_attributes_t *attributes,
    GIVEN mach_port_t *right, mach_msg_type_name_t *type)
{
	struct fs_new what = { .mode = (uint32_t)mode, .uid = (uint32_t)uid,
		.gid = (uint32_t)gid, .special = (uint32_t)device,
		.target = target, .target_length = target_length };
	struct fs_node *made;
	struct file *file;
	error_t error;

	(void)pfs;
	*right = MACH_PORT_NULL;
	*type = MACH_MSG_TYPE_MOVE_SEND;
	if ((mode & FS_KIND) != FS_REGULAR)
		access = 0;
	error = use_to_change(directory, name, length,
	    fs_type->ops->create != 0, &file);
	if (error)
		return error;
	error = create_once(request, file, name, length, &what, &made);
	if (!error) {
		*node = (offset_t)made->number;
		error = created_answer(made, access, attributes, right, type);
		fs_node_put(made);
	}
	end_use(file);
	return error;
}

static error_t link_do(int request, struct file *directory, const char *name,
    unsigned length, struct file *target)
{
	error_t error;

	if (is_directory(target) || target->node->attributes.flags &
	    (FS_FLAG_IMMUTABLE | FS_FLAG_APPEND))
		return E_PERM;
	error = fs_type->ops->link(directory->node, name, length, target->node);
	if (error)
		return error;
	file_changed(target);
	file_changed(directory);
	outcome_note(request, target->node->number, 0, 0);
	return 0;
}

error_t serve_pfs_link(object_t pfs, offset_t directory, const name_t name,
    mach_msg_type_number_t length, offset_t node, int request,
    file_attributes_t *attributes)
{
	struct file *file, *target;
	error_t error;

	(void)pfs;
	error = use_to_change(directory, name, length, fs_type->ops->link != 0,
	    &file);
	if (error)
		return error;
	error = file_get((uint64_t)node, &target);
	if (!error) {
		if (!outcome_find(request))
			error = link_do(request, file, name, length, target);
		if (!error) {
			file_attributes_fill(target,
			    (struct file_attributes *)attributes);
		}
		file_put(target);
	}
	end_use(file);
	return error;
}

/* A node lost a name: its slot says so, and it goes if nobody holds it; told:
 * if it was the last one, VFS does not. */
static void lost_name(struct fs_node *node, uint32_t told)
{
	struct file *file = node->shell;

	if (file) {
		file->uses++;
		file_changed(file);
		if (told && !node->attributes.links)
			file_forget(file, told);
		file_put(file);
	}
	fs_node_put(node);
}

/* The victim of unlink or rename may be protected by its flags. */
static error_t victim_check(struct file *directory, const char *name,
    unsigned length)
{
	struct fs_node *node;
	uint64_t number;
	uint32_t flags;

	if (fs_type->flags & FS_TYPE_NO_DEVICE)
		return 0;
	if (directory->node->attributes.flags & FS_FLAG_APPEND)
		return E_PERM;
	if (fs_type->ops->lookup(directory->node, name, length, &number) ||
	    fs_node_get(fs_volume, number, &node))
		return 0; /* the operation itself will say */
	flags = node->attributes.flags;
	fs_node_put(node);
	return flags & (FS_FLAG_IMMUTABLE | FS_FLAG_APPEND) ? E_PERM : 0;
}

static error_t unlink_do(int request, struct file *directory,
    const char *name, unsigned length, int kind, uint32_t told,
    offset_t *node, int *links)
{
	struct fs_node *gone;
	error_t error = 0;

	if (!(fs_type->flags & FS_TYPE_GUARDS))
		error = victim_check(directory, name, length);
	else if (directory->node->attributes.flags & FS_FLAG_APPEND)
		error = E_PERM;
	if (!error)
		error = fs_type->ops->unlink(directory->node, name, length,
		    kind, &gone);
	if (error)
		return error;
	*node = (offset_t)gone->number;
	*links = (int)gone->attributes.links;
	outcome_note(request, gone->number, 0, *links);
	lost_name(gone, told);
	file_changed(directory);
	return 0;
}

error_t serve_pfs_unlink(object_t pfs, offset_t directory, const name_t name,
    mach_msg_type_number_t length, int kind, int told, int request,
    offset_t *node, int *links)
{
	const struct outcome *outcome;
	struct file *file;
	error_t error;

	(void)pfs;
	error = use_to_change(directory, name, length,
	    fs_type->ops->unlink != 0, &file);
	if (error)
		return error;
	outcome = outcome_find(request);
	if (outcome) {
		*node = (offset_t)outcome->node;
		*links = outcome->links;
	} else {
		error = unlink_do(request, file, name, length, kind,
		    (uint32_t)told, node, links);
	}
	end_use(file);
	return error;
}

static error_t rename_do(int request, struct fs_rename *rename,
    struct file *from, struct file *to, offset_t *moved, offset_t *replaced,
    int *links)
{
	error_t error = victim_check(from, rename->from_name,
	    rename->from_length);

	if (!error)
		error = victim_check(to, rename->to_name, rename->to_length);
	if (!error)
		error = fs_type->ops->rename(rename);
	if (error)
		return error;
	*moved = (offset_t)rename->moved->number;
	*replaced = 0;
	*links = 0;
	if (rename->replaced) {
		*replaced = (offset_t)rename->replaced->number;
		*links = (int)rename->replaced->attributes.links;
	}
	/* before what is put goes: that may make a type commit */
	outcome_note(request, (uint64_t)*moved, (uint64_t)*replaced, *links);
	if (rename->replaced)
		lost_name(rename->replaced, 0);
	lost_name(rename->moved, 0); /* only its slot is written */
	file_changed(from);
	file_changed(to);
	return 0;
}

error_t serve_pfs_rename(object_t pfs, offset_t from_directory,
    const name_t from_name, mach_msg_type_number_t from_length,
    offset_t to_directory, const name_t to_name,
    mach_msg_type_number_t to_length, int flags, int request,
    offset_t *moved, offset_t *replaced, int *links)
{
	struct fs_rename rename = { .from_name = from_name,
		.from_length = from_length, .to_name = to_name,
		.to_length = to_length, .flags = (unsigned)flags };
	const struct outcome *outcome;
	struct file *from, *to;
	error_t error = name_check(to_name, to_length);

	(void)pfs;
	if (!error)
		error = use_to_change(from_directory, from_name, from_length,
		    fs_type->ops->rename != 0, &from);
	if (error)
		return error;
	error = file_get((uint64_t)to_directory, &to);
	if (!error) {
		error = is_directory(to) ? change_check(to, 1) : E_NOTDIR;
		rename.from = from->node;
		rename.to = to->node;
		outcome = outcome_find(request);
		if (!error && outcome) {
			*moved = (offset_t)outcome->node;
			*replaced = (offset_t)outcome->other;
			*links = outcome->links;
		} else if (!error) {
			error = rename_do(request, &rename, from, to, moved,
			    replaced, links);
		}
		file_put(to);
	}
	end_use(from);
	return error;
}
