/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets, as far as they exist: connected pairs in one machine, which VFS
 * serves like pipes in both directions. socket() itself has no family yet.
 */
#include <string.h>
#include <unix/file.h>
#include <unix/pair.h>
#include <vfs.client.h>

enum {
	AF_UNIX = 1,
	SOCK_STREAM = 1,
	SOCK_DGRAM = 2,
	SOCK_SEQPACKET = 5,
	SOCK_TYPE = 15,
	MSG_PEEK = 2,
	MSG_DONTWAIT = 0x40,
	MSG_WAITALL = 0x100,
	MSG_NOSIGNAL = 0x4000,
	SOL_SOCKET = 1,
	SO_TYPE = 3,
	SO_ERROR = 4,
	SO_SNDBUF = 7,
	SO_RCVBUF = 8,
	SO_DOMAIN = 39,
	BUFFER_SIZE = 65536,
	VECTORS = 64,
};

/* struct msghdr of i386 */
struct message {
	void *name;
	uint32_t name_size;
	struct iovec *vector;
	uint32_t count;
	void *control;
	uint32_t control_size;
	uint32_t flags;
};

/* How many words each socketcall has. */
enum {
	CALL_SOCKET = 1,
	CALL_SOCKETPAIR = 8,
	CALL_SEND = 9,
	CALL_RECV = 10,
	CALL_SENDTO = 11,
	CALL_RECVFROM = 12,
	CALL_SHUTDOWN = 13,
	CALL_SETSOCKOPT = 14,
	CALL_GETSOCKOPT = 15,
	CALL_SENDMSG = 16,
	CALL_RECVMSG = 17,
	CALLS = 21,
};

static const unsigned char call_words[CALLS] = { 0, 3, 3, 3, 2, 3, 3, 3, 4, 4,
	4, 6, 6, 2, 5, 5, 3, 3, 4, 5, 4 };

long unix_socketpair(int domain, int type, int protocol, int *fds)
{
	int flags = O_RDWR | (type & (O_NONBLOCK | O_CLOEXEC));
	int both[2] = { flags, flags }, made[2];
	mach_port_t rights[2];
	error_t error;
	long result;

	type &= ~(O_NONBLOCK | O_CLOEXEC);
	if (domain != AF_UNIX)
		return -EAFNOSUPPORT;
	if (protocol != 0 && protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	result = descriptor_available();
	if (result)
		return result;
	error = vfs_socket_pair(PORT_VFS,
	    type == SOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM, &rights[0],
	    &rights[1]);
	if (error)
		return unix_error(error);
	result = pair_install(rights, S_IFSOCK, 0, both, made);
	return result ? result : pair_give(made, fds);
}

/* ---- data ------------------------------------------------------------- */

static struct open_file *socket_hold(int fd, long *error)
{
	struct open_file *file = descriptor_hold(fd);

	*error = -EBADF;
	if (file && file->right->kind != S_IFSOCK) {
		descriptor_release(file);
		file = NULL;
		*error = -ENOTSOCK;
	}
	return file;
}

static long socket_send(int fd, const void *data, size_t size, int flags)
{
	struct open_file *file;
	int how = 0;
	long result;

	file = socket_hold(fd, &result);
	if (!file)
		return result;
	if (flags & MSG_DONTWAIT)
		how |= FILE_NONBLOCK;
	if (flags & MSG_NOSIGNAL)
		how |= STREAM_NO_SIGNAL;
	result = stream_write(file, data, size, 0, how);
	descriptor_release(file);
	return result;
}

static long socket_receive(int fd, void *data, size_t size, int flags)
{
	struct open_file *file;
	int how = 0;
	long result, total = 0;

	file = socket_hold(fd, &result);
	if (!file)
		return result;
	if (flags & MSG_DONTWAIT)
		how |= FILE_NONBLOCK;
	if (flags & MSG_PEEK)
		how |= FILE_PEEK;
	do {
		result = stream_read(
		    file, (char *)data + total, size - (size_t)total, 0, how);
		if (result > 0)
			total += result;
	} while (result > 0 && (flags & MSG_WAITALL) && (size_t)total < size);
	descriptor_release(file);
	return total ? total : result;
}

/* One message of several parts: gathered, since a datagram is one. */
static long message_send(int fd, const struct message *message, int flags)
{
	char data[IO_INLINE_MAX];
	struct iovec parts[VECTORS];
	size_t size = 0;

	if (message->count > VECTORS)
		return -EOPNOTSUPP;
	if (message->control_size)
		return -EOPNOTSUPP;
	memcpy(parts, message->vector, message->count * sizeof(*parts));
	if (message->count == 1)
		return socket_send(fd, parts[0].base, parts[0].size, flags);
	for (unsigned i = 0; i < message->count; i++) {
		size_t part = sizeof(data) - size;

		if (part > parts[i].size)
			part = parts[i].size;
		memcpy(data + size, parts[i].base, part);
		size += part;
	}
	return socket_send(fd, data, size, flags);
}

static long message_receive(int fd, struct message *to, int flags)
{
	char data[IO_INLINE_MAX];
	struct message message;
	struct iovec parts[VECTORS];
	size_t size = 0, done = 0;
	long got;

	memcpy(&message, to, sizeof(message));
	if (message.count > VECTORS)
		return -EOPNOTSUPP;
	memcpy(parts, message.vector, message.count * sizeof(*parts));
	for (unsigned i = 0; i < message.count; i++)
		size += parts[i].size;
	got = socket_receive(
	    fd, data, size < sizeof(data) ? size : sizeof(data), flags);
	if (got < 0)
		return got;
	for (unsigned i = 0; i < message.count && done < (size_t)got; i++) {
		size_t part = (size_t)got - done;

		if (part > parts[i].size)
			part = parts[i].size;
		memcpy(parts[i].base, data + done, part);
		done += part;
	}
	to->name_size = 0;
	to->control_size = 0;
	to->flags = 0;
	return got;
}

/* ---- options ---------------------------------------------------------- */

static long option_get(
    int fd, int level, int option, int *value, uint32_t *size)
{
	struct open_file *file;
	int answer = 0;
	long error;

	file = socket_hold(fd, &error);
	if (!file)
		return error;
	descriptor_release(file);
	if (level != SOL_SOCKET)
		return -EOPNOTSUPP;
	if (option == SO_TYPE)
		answer = SOCK_STREAM;
	else if (option == SO_SNDBUF || option == SO_RCVBUF)
		answer = BUFFER_SIZE;
	else if (option == SO_DOMAIN)
		answer = AF_UNIX;
	else if (option != SO_ERROR)
		return -EOPNOTSUPP;
	if (*size < sizeof(answer))
		return -EINVAL;
	*value = answer;
	*size = sizeof(answer);
	return 0;
}

/* Buffers have one size: wishes are noted by nobody. */
static long option_set(int fd, int level, int option)
{
	struct open_file *file;
	long error;

	file = socket_hold(fd, &error);
	if (!file)
		return error;
	descriptor_release(file);
	if (level == SOL_SOCKET && (option == SO_SNDBUF || option == SO_RCVBUF))
		return 0;
	return -EOPNOTSUPP;
}

static long call_data(int call, const unsigned long *words)
{
	int fd = (int)words[0];

	switch (call) {
	case CALL_SEND:
	case CALL_SENDTO:
		if (call == CALL_SENDTO && words[4])
			return -EISCONN;
		return socket_send(
		    fd, (void *)words[1], words[2], (int)words[3]);
	case CALL_RECV:
	case CALL_RECVFROM:
		if (call == CALL_RECVFROM && words[4] && words[5])
			*(uint32_t *)words[5] = 0;
		return socket_receive(
		    fd, (void *)words[1], words[2], (int)words[3]);
	case CALL_SENDMSG:
		return message_send(fd, (void *)words[1], (int)words[2]);
	case CALL_RECVMSG:
		return message_receive(fd, (void *)words[1], (int)words[2]);
	}
	return -EOPNOTSUPP;
}

long unix_socketcall(int call, unsigned long *arguments)
{
	unsigned long words[6];

	if (call < 1 || call >= CALLS)
		return -EINVAL;
	memcpy(words, arguments, call_words[call] * sizeof(*words));
	switch (call) {
	case CALL_SOCKET:
		return -EAFNOSUPPORT;
	case CALL_SOCKETPAIR:
		return unix_socketpair((int)words[0], (int)words[1],
		    (int)words[2], (int *)words[3]);
	case CALL_GETSOCKOPT:
		return option_get((int)words[0], (int)words[1], (int)words[2],
		    (int *)words[3], (uint32_t *)words[4]);
	case CALL_SETSOCKOPT:
		return option_set((int)words[0], (int)words[1], (int)words[2]);
	}
	return call_data(call, words);
}
