# SPDX-License-Identifier: BSD-2-Clause
server  := pfs-iso
address := 0x1d000000
rank    := 4
serves  := pfs file memory_object
calls   := acs
$(add-server)
