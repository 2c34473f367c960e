/* SPDX-License-Identifier: BSD-2-Clause */
/* Names, for cache.c: what the end of a node means for them. */
#pragma once
#include "core/node.h"

/* Frees all names of node and all names in it. */
void names_of_node_free(struct node *node);

/* Where node's names lead is not known from now on. */
void names_of_node_doubt(struct node *node);

/* Frees loose names above the limit. */
void names_trim(void);
