# SPDX-License-Identifier: BSD-2-Clause
server  := acs
address := 0x10000000
rank    := 0
serves  := acs env
calls   := server acs_notice acs
$(add-server)
