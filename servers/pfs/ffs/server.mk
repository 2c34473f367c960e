# SPDX-License-Identifier: BSD-2-Clause
server  := pfs-ffs
address := 0x1e000000
rank    := 4
serves  := pfs file memory_object
calls   := acs
$(add-server)
