/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes of ioctl requests. */
#include <unix/core/control.h>

enum {
	TERMIOS = 36, /* the kernel's struct termios */
	TERMIO = 18,
	WINDOW = 8,
	SERIAL = 60,
	GEOMETRY = 8,
	LOOP_INFO = 232,
	LOOP_CONFIG = 304,
	DIRECTION_IN = 1, /* the program writes to the device */
	DIRECTION_OUT = 2,
};

enum {
	LOOP_SET_FD = 0x4c00,
	LOOP_CHANGE_FD = 0x4c06,
	LOOP_CONFIGURE = 0x4c0a,
};

static const struct {
	uint32_t request;
	struct control_sizes sizes;
} requests[] = {
	{ 0x5401, { 0, TERMIOS, 0 } }, /* TCGETS */
	{ 0x5402, { TERMIOS, 0, 0 } }, /* TCSETS, W, F */
	{ 0x5403, { TERMIOS, 0, 0 } }, { 0x5404, { TERMIOS, 0, 0 } },
	{ 0x5405, { 0, TERMIO, 0 } }, /* TCGETA */
	{ 0x5406, { TERMIO, 0, 0 } }, /* TCSETA, W, F */
	{ 0x5407, { TERMIO, 0, 0 } }, { 0x5408, { TERMIO, 0, 0 } },
	{ 0x5409, { 0, 0, 1 } },      /* TCSBRK */
	{ 0x540a, { 0, 0, 1 } },      /* TCXONC */
	{ 0x540b, { 0, 0, 1 } },      /* TCFLSH */
	{ 0x540c, { 0, 0, 1 } },      /* TIOCEXCL */
	{ 0x540d, { 0, 0, 1 } },      /* TIOCNXCL */
	{ 0x540f, { 0, 4, 0 } },      /* TIOCGPGRP */
	{ 0x5411, { 0, 4, 0 } },      /* TIOCOUTQ */
	{ 0x5412, { 1, 0, 0 } },      /* TIOCSTI */
	{ 0x5413, { 0, WINDOW, 0 } }, /* TIOCGWINSZ */
	{ 0x5414, { WINDOW, 0, 0 } }, /* TIOCSWINSZ */
	{ 0x5415, { 0, 4, 0 } },      /* TIOCMGET */
	{ 0x5416, { 4, 0, 0 } },      /* TIOCMBIS, C, SET */
	{ 0x5417, { 4, 0, 0 } }, { 0x5418, { 4, 0, 0 } },
	{ 0x5419, { 0, 4, 0 } },        /* TIOCGSOFTCAR */
	{ 0x541a, { 4, 0, 0 } },        /* TIOCSSOFTCAR */
	{ 0x541b, { 0, 4, 0 } },        /* FIONREAD */
	{ 0x541c, { 1, 1, 0 } },        /* TIOCLINUX */
	{ 0x541e, { 0, SERIAL, 0 } },   /* TIOCGSERIAL */
	{ 0x541f, { SERIAL, 0, 0 } },   /* TIOCSSERIAL */
	{ 0x5420, { 4, 0, 0 } },        /* TIOCPKT */
	{ 0x5423, { 4, 0, 0 } },        /* TIOCSETD */
	{ 0x5424, { 0, 4, 0 } },        /* TIOCGETD */
	{ 0x5425, { 0, 0, 1 } },        /* TCSBRKP */
	{ 0x5427, { 0, 0, 1 } },        /* TIOCSBRK */
	{ 0x5428, { 0, 0, 1 } },        /* TIOCCBRK */
	{ 0x5429, { 0, 4, 0 } },        /* TIOCGSID */
	{ 0x0301, { 0, GEOMETRY, 0 } }, /* HDIO_GETGEO */
	{ 0x1201, { 4, 0, 0 } },        /* BLKROSET */
	{ 0x125e, { 0, 4, 0 } },        /* BLKROGET */
	{ 0x125f, { 0, 0, 1 } },        /* BLKRRPART */
	{ 0x1260, { 0, 4, 0 } },        /* BLKGETSIZE */
	{ 0x1261, { 0, 0, 1 } },        /* BLKFLSBUF */
	{ 0x1263, { 0, 4, 0 } },        /* BLKRAGET */
	{ 0x1268, { 0, 4, 0 } },        /* BLKSSZGET */
	{ 0x1262, { 0, 0, 1 } },        /* BLKRASET */
	{ 0x1267, { 0, 2, 0 } },        /* BLKSECTGET */
	{ 0x1277, { 16, 0, 0 } },       /* BLKDISCARD */
	{ 0x1278, { 0, 4, 0 } },        /* BLKIOMIN, IOOPT, ALIGNOFF */
	{ 0x1279, { 0, 4, 0 } }, { 0x127a, { 0, 4, 0 } },
	{ 0x127b, { 0, 4, 0 } },        /* BLKPBSZGET */
	{ 0x127c, { 0, 4, 0 } },        /* BLKDISCARDZEROES */
	{ 0x127d, { 16, 0, 0 } },       /* BLKSECDISCARD */
	{ 0x127e, { 0, 2, 0 } },        /* BLKROTATIONAL */
	{ 0x127f, { 16, 0, 0 } },       /* BLKZEROOUT */
	{ 0x80081272,
	    { 0, 8, 0 } }, /* BLKGETSIZE64, as 64-bit programs say it */
	{ 0x80041272, { 0, 8, 0 } }, /* BLKGETSIZE64: more than it says */
	{ 0x80041270, { 0, 4, 0 } }, /* BLKBSZGET */
	{ 0x4c00, { 0, 0, 1 } },     /* LOOP_SET_FD, CLR_FD */
	{ 0x4c01, { 0, 0, 1 } },
	{ 0x4c04, { LOOP_INFO, 0, 0 } }, /* LOOP_SET_STATUS64, GET_ */
	{ 0x4c05, { 0, LOOP_INFO, 0 } },
	{ 0x4c06, { 0, 0, 1 } }, /* LOOP_CHANGE_FD, SET_CAPACITY, .. */
	{ 0x4c07, { 0, 0, 1 } },
	{ 0x4c08, { 0, 0, 1 } }, /* .. DIRECT_IO, BLOCK_SIZE */
	{ 0x4c09, { 0, 0, 1 } },
	{ 0x4c0a, { LOOP_CONFIG, 0, 0 } }, /* LOOP_CONFIGURE */
	{ 0x4b33, { 0, 1, 0 } },     /* KDGKBTYPE */
	{ 0x4b3b, { 0, 4, 0 } },     /* KDGETMODE */
	{ 0x4b3a, { 0, 0, 1 } },     /* KDSETMODE */
	{ 0x4b44, { 0, 4, 0 } },     /* KDGKBMODE */
	{ 0x4b45, { 0, 0, 1 } },     /* KDSKBMODE */
	{ 0x5600, { 0, 4, 0 } },     /* VT_OPENQRY */
	{ 0x5601, { 0, 8, 0 } },     /* VT_GETMODE */
	{ 0x5602, { 8, 0, 0 } },     /* VT_SETMODE */
	{ 0x5603, { 0, 6, 0 } },     /* VT_GETSTATE */
	{ 0x5606, { 0, 0, 1 } },     /* VT_ACTIVATE */
	{ 0x5607, { 0, 0, 1 } },     /* VT_WAITACTIVE */
};

int control_names_file(uint32_t request)
{
	return request == LOOP_SET_FD || request == LOOP_CHANGE_FD ||
	    request == LOOP_CONFIGURE;
}

int control_sizes(uint32_t request, struct control_sizes *sizes)
{
	uint32_t direction = request >> 30, size = (request >> 16) & 0x3fff;

	for (unsigned i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		if (requests[i].request == request) {
			*sizes = requests[i].sizes;
			return 0;
		}
	}
	*sizes = (struct control_sizes){ 0, 0, 1 };
	if (!direction || !size)
		return -1;
	if (size > CONTROL_BYTES_MAX)
		return -1;
	sizes->value = 0;
	if (direction & DIRECTION_IN)
		sizes->in = (uint16_t)size;
	if (direction & DIRECTION_OUT)
		sizes->out = (uint16_t)size;
	return 0;
}
