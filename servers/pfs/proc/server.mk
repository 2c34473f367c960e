# SPDX-License-Identifier: BSD-2-Clause
server  := pfs-proc
address := 0x23000000
rank    := 4
serves  := pfs file memory_object
calls   := process_info swap acs
$(add-server)
