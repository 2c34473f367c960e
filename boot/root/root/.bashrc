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
