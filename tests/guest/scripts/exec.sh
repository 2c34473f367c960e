#!/bin/bash
# exec, #! scripts, environment, arguments, PATH, set -e, sourcing, options.
dir=$(mktemp -d /tmp/exec.XXXXXX) || exit 9
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 9
export LC_ALL=C

echo "== interpreters"
printf '#!/bin/sh\necho "sh: $0 $*"\n' >s1; printf '#!/bin/bash -x\necho "bash $#"\n' >s2
printf '#! /usr/bin/env bash\necho "env: $BASH_VERSINFO $*"\n' >s3; printf '#!%s/s1 extra arg\n' "$dir" >s4
printf 'echo no interpreter: $*\n' >s5; printf '#!/nonexistent\n' >s6; printf '#!/bin/cat\nI show myself\n' >s7
printf '\177ELF garbage' >s8; : >s9; printf '#!/bin/awk -f\nBEGIN { print "awk script", ARGC }\n' >s10
chmod +x s*
./s1 a b; ./s2 a b 2>&1; ./s3 x | cut -c1-5; ./s4 b c; ./s5 1 2; ./s6 2>/dev/null; echo $?; ./s7; ./s8 2>/dev/null; echo $?; ./s9; echo $?; ./s10 x
PATH=$dir:$PATH s1 by path; command -v s1 | sed "s#$dir#DIR#"; type -t s1 cd if cat
(exec ./s1 replaced; echo never); (exec -a other sh -c 'echo $0'); exec 9>&1; sh -c 'echo to nine >&9'; exec 9>&-

echo "== environment"
A=1 sh -c 'echo $A'; echo "[$A]"; export B=2; sh -c 'echo $B'; env -i C=3 /bin/sh -c 'echo $C; export -p | grep -c B='
env -i X=1 Y='two words' env | sort; unset B; sh -c 'echo [$B]'; env -u HOME sh -c 'echo [$HOME]'
f() { echo "exported function"; }; export -f f; bash -c f
printenv LC_ALL; D=5 E=6 env | grep -E '^[DE]=' | sort
big=$(head -c 100000 /dev/zero | tr '\0' v); BIG=$big sh -c 'echo ${#BIG}'
BIG=$big$big /bin/true 2>/dev/null; echo "too long a string: $?"

echo "== arguments"
sh -c 'echo $# $1 $3' name a b c; sh -c 'for a; do printf "<%s>" "$a"; done; echo' x '' 'a b' '*'
/bin/echo $(seq 20000) | md5sum; /bin/echo $(seq 20000) | wc -w
set -- $(seq 300); echo $# ${100} ${300}; shift 299; echo $1
getopts_test() { while getopts ":ab:c" o; do case $o in a|c) echo "-$o";; b) echo "-b $OPTARG";; :) echo "missing for $OPTARG";; \?) echo "unknown $OPTARG";; esac; done; shift $((OPTIND - 1)); echo "rest $*"; }
OPTIND=1; getopts_test -a -b value -c rest of it; OPTIND=1; getopts_test -x -b

echo "== options"
bash -c 'set -e; false; echo never'; echo $?; bash -c 'set -e; if false; then :; fi; false || true; echo reached'; echo $?
bash -c 'set -u; echo $undefined' 2>/dev/null; echo $?; bash -c 'set -f; echo *'; bash -c 'set -n; echo never'
bash -c 'set -v; echo shown' 2>&1; bash -c 'set -x; a=1; echo $a' 2>&1; echo 'echo from stdin $1' | bash -s arg
echo 'return_value=7; sourced() { echo sourced $1; }; return 3' >lib; . ./lib; echo $? $return_value; sourced yes
sh -c 'exit 300'; echo $?; (exit -1); echo $?; bash --norc -c 'echo $-' | grep -c c; echo $((RANDOM < 32768))
bash -c 'echo $PPID' | grep -c '^[0-9]*$'; echo "$$ $BASHPID" | awk '{print $1 == $2}'; (echo "$$ $BASHPID" | awk '{print $1 == $2}')
times | wc -l; hash -r; alias a='echo alias'; shopt -s expand_aliases
eval a works; bash -c 'cat /proc/self/comm' ; cat /proc/self/cmdline | tr '\0' ' '; echo
uname -s -m; id -u; id -un; whoami; hostname | wc -l; nproc | grep -c '^[0-9]'; tty </dev/null; logname >/dev/null 2>&1; arch
bash -c 'kill -SEGV $$' 2>/dev/null; echo $?; ulimit -s | grep -c .; (ulimit -t 1; while :; do :; done) 2>/dev/null; echo $?

echo "== deep"
depth() { [ $1 -eq 0 ] && echo bottom || depth $(($1 - 1)); }; depth 500
nest='echo end'; for i in 1 2 3 4 5 6; do nest="bash -c $(printf %q "$nest")"; done; eval "$nest"
sh -c 'sh -c "sh -c \"exit 9\""'; echo $?; echo 'echo $((1+1))' | sh | sh -c 'read x; echo got $x'
a=$(b=$(c=$(echo inner); echo $c middle); echo $b outer); echo $a
for i in $(seq 40); do sh -c "exit $i" || t=$((t + $?)); done; echo $t
i=0; while [ $i -lt 100 ]; do i=$(expr $i + 1); done; echo $i
cat <(cat <(cat <(echo nested process substitution)))
seq 3 | while read a; do seq $a | while read b; do printf '%s%s ' $a $b; done; done; echo
