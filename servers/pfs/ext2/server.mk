# SPDX-License-Identifier: BSD-2-Clause
server  := pfs-ext2
address := 0x1a000000
rank    := 4
serves  := pfs file memory_object
calls   := acs
$(add-server)
