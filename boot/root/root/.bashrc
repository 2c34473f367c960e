# Read by root's interactive shells.
case $- in
*i*) ;;
*) return ;;
esac
HISTCONTROL=ignoreboth
HISTSIZE=1000
shopt -s histappend checkwinsize
PS1='\[\e[1;36m\]\u@\h\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
export LS_COLORS='di=1;34:ln=1;36:ex=1;32:bd=1;33:cd=1;33:pi=33:so=1;35'
alias ls='ls --color=auto'
alias grep='grep --color=auto'
alias ll='ls -l'
alias la='ls -A'
export EDITOR=vi PAGER=less LESS=-R

# What this system is and what to try; `help NAME` is bash's own, as ever.
help() {
	[ $# -eq 0 ] || { builtin help "$@"; return; }
	cat <<'END'
This is Masix: a Unix made of servers on GNU Mach. The kernel schedules threads,
carries messages and manages memory; files, processes, terminals, pipes and swap
are tasks of their own. The programs are Debian's, unmodified.

  acs                    the servers: state, memory, threads, ports, messages
  acs show vfs           what one server says of itself (also datapager, codepager)
  masix-trace ls /       the messages that a command makes, by name, as a tree
  masix-trace -c ls /    how many, and page faults
  dmesg                  what the servers have said
  ps, top, free, df, mount, stty size, cat /proc/meminfo
  vi FILE, less FILE, nano is not here; perl, awk, sed, grep, find, tar, gzip
  sleep 100              then ^Z, bg, fg, ^C
  halt, reboot           everything is written first

  help NAME              bash's help for its builtin NAME; help \* lists them
END
}
