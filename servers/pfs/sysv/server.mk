# SPDX-License-Identifier: BSD-2-Clause
server  := pfs-sysv
address := 0x26000000
rank    := 4
serves  := pfs file memory_object
calls   := acs
$(add-server)
