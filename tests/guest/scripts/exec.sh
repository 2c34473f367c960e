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

echo "== descriptors over exec"
exec 5>kept 6<s1
sh -c 'echo through five >&5; read -r line <&6; echo "$line"'
read -r line <&6
echo "then ${line%% *}"
exec 5>&- 6<&-
cat kept
sh -c 'echo x >&5' 2>/dev/null || echo "five is closed"
bash -c 'exec 3>&1; exec sh -c "echo by three >&3"'
perl -e 'open(F, ">", "cloexec") or die; system("sh", "-c", "echo x >&" . fileno(F) . " 2>/dev/null || echo closed on exec")' 2>/dev/null
(exec >replaced; echo one; exec /bin/echo two)
cat replaced
: | sh -c 'cat; echo end of input'
sh -c 'echo to out; echo to err >&2' 2>&1 >/dev/null

echo "== directories and masks"
(cd / && sh -c 'pwd')
(umask 077; sh -c 'umask; : >masked'; stat -c %a masked)
(cd "$dir" && mkdir -p sub && cd sub && sh -c 'cd ..; pwd' | sed "s#$dir#DIR#")
env -C / pwd
(ulimit -n 64; sh -c 'ulimit -n')
(ulimit -c 0; ulimit -S -s 4096; sh -c 'ulimit -s')
nice -n 5 nice
nice -n 3 sh -c 'nice -n 2 nice'

echo "== who runs"
name_of() { cat /proc/$1/comm; }
sleep 1000 &
sleeper=$!
until [ "$(name_of $sleeper)" = sleep ]; do :; done
name_of $sleeper
tr '\0' ' ' </proc/$sleeper/cmdline; echo
tr '\0' '\n' </proc/$sleeper/environ | grep LC_ALL
readlink /proc/$sleeper/exe | sed 's,.*/,,'
kill $sleeper
wait $sleeper 2>/dev/null
[ -d /proc/$sleeper ] || echo "its folder is gone"
cp /bin/sleep ./mine
./mine 0; echo "mine $?"
rm mine
./mine 0 2>/dev/null; echo "gone $?"
ln -s /bin/echo called
./called by link
cp s1 running; sed -i 's/^echo/echo changed/' running; ./running

echo "== what is not to be run"
mkdir folder; ./folder 2>/dev/null; echo "folder $?"
: >plain; ./plain 2>/dev/null; echo "plain $?"
sh ./missing 2>/dev/null; echo "missing $?"
printf '#!%s\necho x\n' "$dir/folder" >bad; chmod +x bad; ./bad 2>/dev/null; echo "interpreter is a folder $?"
printf '#!%s/loop\n' "$dir" >loop; chmod +x loop; ./loop 2>/dev/null; echo "its own interpreter $?"
head -c 52 /bin/true >cut; chmod +x cut; ./cut 2>/dev/null; echo "cut off $?"
chmod 000 s1; [ "$(id -u)" = 0 ] && { ./s1 2>/dev/null; echo "no x bit $?"; }
printf '#!/bin/sh' >short; chmod +x short; ./short; echo "no line end $?"
printf '#!/bin/echo %s\n' "$(printf 'w%.0s' {1..200})" >wide; chmod +x wide; ./wide | wc -c

echo "== many in a row"
run_all() {
	local count=0 tool
	for tool in true echo cat ls head tail wc sort cut tr sed grep awk find xargs; do
		command -v $tool >/dev/null && count=$((count + 1))
	done
	echo "$count tools"
}
run_all
for i in $(seq 60); do /bin/true || echo "failed $i"; done
for i in $(seq 30); do (/bin/echo $i) & done | sort -n | paste -sd' '
x=$(for i in $(seq 25); do echo $i | { read -r y; expr $y \* 2; }; done | paste -sd+)
echo $((x))
find /usr/bin -name 'ba*' -exec sh -c 'test -x "$1" && echo "${1##*/}"' _ {} \; | sort | grep -x bash

echo "== a tool with sub-commands"
cat >tool <<'END'
#!/bin/bash
# usage: tool [-v] COMMAND ...
set -eu
verbose=0
usage() { sed -n 's/^# //p' "$0" >&2; exit 64; }
say() { if ((verbose)); then echo "tool: $*" >&2; fi; }
while getopts v option; do
	case $option in
	v) verbose=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage
command=$1; shift
case $command in
add) total=0; for n; do total=$((total + n)); say "$n"; done; echo $total ;;
each) for word; do "$0" add ${word//+/ }; done ;;
env) exec env -i "$@" env ;;
pid) [ "$(exec sh -c 'echo $PPID')" = $$ ] && echo child ;;
fail) exit "${1:-1}" ;;
*) usage ;;
esac
END
chmod +x tool
./tool add 1 2 3; ./tool -v add 4 5 2>&1; ./tool each 1+2 3+4+5
./tool 2>&1; echo $?; ./tool -x 2>&1 | tail -n 1; ./tool nothing 2>/dev/null; echo $?
./tool fail 7; echo $?; ./tool fail; echo $?; ./tool env A=1 B=2; ./tool pid
echo "== pipes of scripts"
cat >producer <<'END'
#!/bin/sh
i=0
while [ $i -lt "$1" ]; do echo "$i $((i * 37 % 11))"; i=$((i + 1)); done
END
cat >filter <<'END'
#!/usr/bin/awk -f
$2 > 5 { print $2, $1; n++ }
END { print "kept", n }
END
cat >sink <<'END'
#!/bin/sed -nf
s/^kept //p
$!{ /^9 /p; }
END
chmod +x producer filter sink
./producer 20 | ./filter | sort -n | ./sink; ./producer 200 | ./filter | tail -n 1
env -i PATH="$PATH" ./producer 3 | while read -r a b; do echo "$((a + b))"; done | paste -sd,
for i in 1 2 3 4; do ./producer $i | tail -n 1; done
find . -maxdepth 1 -type f -perm -100 -name '*r*' | sort | xargs -n 1 basename | paste -sd' '
echo "== exec and the shell's own state"
(x=1; export y=2; exec sh -c 'echo "[$x][$y]"')
(cd sub && exec pwd) | sed "s#$dir#DIR#"
(set -- a b c; exec ./s4 "$@") 2>/dev/null | wc -l
(exec 3<tool; exec sh -c 'read -r first <&3; echo "$first"')
(exec 2>&1; exec ./missing); echo "missing by exec $?"
bash -c 'shopt -s execfail; exec ./missing 2>/dev/null; echo "goes on $?"'
bash -c 'exec -c env' | grep -vc '^_='; bash -c 'exec -l sh -c "echo \$0"'
sh -c 'trap "echo never" EXIT; exec true'; echo $?
x=5; sh -c 'x=6; echo $x'; echo $x; (x=7); echo $x; { x=8; }; echo $x; x=9 true; echo $x
echo "== statuses"
for status in 0 1 126 127 128 129 255 256; do sh -c "exit $status"; printf '%s ' $?; done; echo
! sh -c 'exit 5'; echo $?; if sh -c 'exit 5'; then :; else echo "else $?"; fi
sh -c 'exit 3' | sh -c 'cat; exit 4' | true; echo "${PIPESTATUS[*]}"

echo "== here comes everybody"
cat >crowd <<'END'
#!/bin/bash
[ "$1" -le 0 ] && exit 0
"$0" $(($1 - 1)) "$2." & "$0" $(($1 - 1)) "$2," &
wait
echo "$2$1"
END
chmod +x crowd; ./crowd 4 x | sort | uniq -c | wc -l; ./crowd 3 '' | sort | md5sum
