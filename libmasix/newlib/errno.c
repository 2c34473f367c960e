/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * newlib numbers errors as System V did; Linux agrees with it up to ERANGE
 * (34) only. The table has what differs and can come from our calls.
 */
#include <errno.h>
#include <newlib/masix.h>

static const struct {
	short linux_number, number;
} differing[] = {
	{ 35, EDEADLK },
	{ 36, ENAMETOOLONG },
	{ 37, ENOLCK },
	{ 38, ENOSYS },
	{ 39, ENOTEMPTY },
	{ 40, ELOOP },
	{ 42, ENOMSG },
	{ 43, EIDRM },
	{ 61, ENODATA },
	{ 62, ETIME },
	{ 71, EPROTO },
	{ 74, EBADMSG },
	{ 75, EOVERFLOW },
	{ 84, EILSEQ },
	{ 88, ENOTSOCK },
	{ 89, EDESTADDRREQ },
	{ 90, EMSGSIZE },
	{ 91, EPROTOTYPE },
	{ 92, ENOPROTOOPT },
	{ 93, EPROTONOSUPPORT },
	{ 95, EOPNOTSUPP },
	{ 97, EAFNOSUPPORT },
	{ 98, EADDRINUSE },
	{ 99, EADDRNOTAVAIL },
	{ 100, ENETDOWN },
	{ 101, ENETUNREACH },
	{ 103, ECONNABORTED },
	{ 104, ECONNRESET },
	{ 105, ENOBUFS },
	{ 106, EISCONN },
	{ 107, ENOTCONN },
	{ 110, ETIMEDOUT },
	{ 111, ECONNREFUSED },
	{ 113, EHOSTUNREACH },
	{ 114, EALREADY },
	{ 115, EINPROGRESS },
	{ 116, ESTALE },
	{ 122, EDQUOT },
};

static int errno_of(int number)
{
	if (number <= 34)
		return number;
	for (unsigned i = 0; i < sizeof(differing) / sizeof(*differing); i++) {
		if (differing[i].linux_number == number)
			return differing[i].number;
	}
	return EIO;
}

long unix_result(long result)
{
	if (result < 0 && result > -4096) {
		errno = errno_of((int)-result);
		return -1;
	}
	return result;
}
