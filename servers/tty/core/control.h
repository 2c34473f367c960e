/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioctl on terminals: Linux i386 request numbers, and those requests that need
 * nothing but the line discipline.
 */
#pragma once
#include "core/line.h"

enum {
	TCGETS = 0x5401,
	TCSETS = 0x5402,
	TCSETSW = 0x5403,
	TCSETSF = 0x5404,
	TCGETA = 0x5405,
	TCSETA = 0x5406,
	TCSETAW = 0x5407,
	TCSETAF = 0x5408,
	TCSBRK = 0x5409,
	TCXONC = 0x540a,
	TCFLSH = 0x540b,
	TIOCEXCL = 0x540c,
	TIOCNXCL = 0x540d,
	TIOCSCTTY = 0x540e,
	TIOCGPGRP = 0x540f,
	TIOCSPGRP = 0x5410,
	TIOCOUTQ = 0x5411,
	TIOCSTI = 0x5412,
	TIOCGWINSZ = 0x5413,
	TIOCSWINSZ = 0x5414,
	TIOCMGET = 0x5415,
	TIOCMBIS = 0x5416,
	TIOCMBIC = 0x5417,
	TIOCMSET = 0x5418,
	TIOCGSOFTCAR = 0x5419,
	TIOCSSOFTCAR = 0x541a,
	FIONREAD = 0x541b,
	TIOCPKT = 0x5420,
	TIOCNOTTY = 0x5422,
	TIOCSETD = 0x5423,
	TIOCGETD = 0x5424,
	TCSBRKP = 0x5425,
	TIOCSBRK = 0x5427,
	TIOCCBRK = 0x5428,
	TIOCGSID = 0x5429,
	TCGETS2 = (int)0x802c542a,
	TCSETS2 = 0x402c542b,
	TCSETSW2 = 0x402c542c,
	TCSETSF2 = 0x402c542d,
	TIOCGPTN = (int)0x80045430,
	TIOCSPTLCK = 0x40045431,
	TIOCGDEV = (int)0x80045432,
	TIOCGPTLCK = (int)0x80045439,
	TIOCGEXCL = (int)0x80045440,
	KDGKBTYPE = 0x4b33,
	KDGETMODE = 0x4b3b,
	KDSETMODE = 0x4b3a,
	KDGKBMODE = 0x4b44,
	KDSKBMODE = 0x4b45,
	VT_OPENQRY = 0x5600,
	VT_GETSTATE = 0x5603,
};

/* One call: in as the program gave it, out as it gets it. */
struct control {
	int request;
	const void *in;
	unsigned in_size;
	void *out; /* at least 64 bytes */
	unsigned out_size;
	int result;
};

/* Whether the request must wait until all output has left. */
int control_drains(int request);

/* E_NOTTY: not a request of the line discipline. E_INVAL: in is too short. */
error_t line_control(struct line *line, struct control *control);

/* For requests with one number: E_INVAL if in has none. */
error_t control_number(const struct control *control, int *number);
void control_answer(struct control *control, int number);
