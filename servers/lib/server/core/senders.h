/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a port has senders: what we count of the rights that are made of it,
 * beside what the kernel counts. The two differ by rights that are on their way
 * in an answer: nobody holds them yet, but somebody will. So a port without
 * senders is believed to have none only if the kernel has seen all rights that
 * were made. A port serves one object after the other, and outlives its server:
 * `made` goes on with it.
 */
#pragma once

struct senders {
	unsigned made;         /* rights handed out since the port was made */
	unsigned char exist;   /* the port has a reference to its object */
	unsigned char unsure;  /* nobody has looked for them yet */
	unsigned char ended;   /* they are gone, their messages, too */
};

/* What the kernel says of the port. */
struct senders_port {
	unsigned rights;   /* 0: none */
	unsigned made;     /* and received by somebody */
	unsigned asked;    /* it will tell of the last one's end */
	unsigned messages; /* that wait */
};

/* A new port, or one whose earlier object has left it `made`. */
static inline void senders_start(struct senders *senders, unsigned made)
{
	senders->made = made;
	senders->exist = senders->unsure = senders->ended = 0;
}

/* The port was another instance's. Returns whether it gets a reference now.
 * The kernel must be asked to tell of their end unless *asked. */
static inline int senders_look(struct senders *senders,
    const struct senders_port *port, int *asked)
{
	int begins = !senders->exist && port->rights;

	senders->unsure = 0;
	senders->made = port->made;
	if (begins)
		senders->exist = 1;
	*asked = !senders->exist || (port->rights && port->asked);
	return begins;
}

/* The kernel has told of the last one's end, or somebody says it has. Returns
 * whether it is so. */
static inline int senders_gone(struct senders *senders,
    const struct senders_port *port)
{
	if (port->rights || port->made < senders->made)
		return 0;
	senders->ended = !port->messages;
	/* A restored one has not counted those of the instance before: the
	 * port's next object goes on from here. */
	senders->made = port->made;
	senders->unsure = 0;
	return 1;
}
