#!/bin/bash
# Traps and signals between processes. Whoever must have come somewhere says so
# in a file or a pipe; nothing depends on how fast anybody is.
dir=$(mktemp -d /tmp/signals.XXXXXX) || exit 9
cd "$dir" || exit 9
export LC_ALL=C

until_file() { until [ -s "$1" ]; do sleep 0.02; done; }
until_gone() { while kill -0 "$1" 2>/dev/null; do sleep 0.02; done; }
title() { echo "== $*"; }

title a trap each
for name in HUP INT QUIT USR1 USR2 PIPE ALRM TERM URG CONT TSTP TTIN TTOU XCPU \
	XFSZ VTALRM PROF WINCH IO PWR SYS STKFLT RTMIN RTMAX; do
	bash -c "trap 'echo caught $name' $name; kill -$name \$\$; echo then"
done

title default actions
for name in HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM \
	TERM STKFLT XCPU XFSZ VTALRM PROF IO PWR SYS RTMIN; do
	sh -c "ulimit -c 0; kill -$name \$\$; echo survived" 2>/dev/null
	echo "$name: $?"
done
for name in CHLD CONT URG WINCH; do
	sh -c "kill -$name \$\$; echo survived $name"
done

title ignored by parents, ignored by children
bash -c 'trap "" TERM; sh -c "kill -TERM \$\$; echo child goes on"; echo $?'
bash -c 'trap "echo mine" TERM; sh -c "kill -TERM \$\$; echo never"; echo $?' \
	2>/dev/null
bash -c 'trap "" INT; bash -c "trap \"echo no\" INT; kill -INT \$\$; echo kept"'
(trap '' USR1; trap) | grep -c USR1
(trap 'echo x' USR1; (trap) | grep -c USR1)

title nested traps
bash -c 'trap "echo one; kill -USR2 \$\$; echo one ends" USR1
	trap "echo two" USR2; kill -USR1 $$; echo body'
bash -c 'depth=0
	trap "depth=\$((depth + 1)); echo depth \$depth
		[ \$depth -lt 4 ] && kill -USR1 \$\$; echo back" USR1
	kill -USR1 $$; echo end $depth' | sort | uniq -c | sed 's/^ *//'
bash -c 'trap "echo first" USR1; kill -USR1 $$; trap "echo second" USR1
	kill -USR1 $$; trap "" USR1; kill -USR1 $$; trap - USR1; kill -USR1 $$
	echo never' 2>/dev/null
echo $?

title exit traps
bash -c 'trap "echo bye \$?" EXIT; (exit 3)'; echo $?
bash -c 'trap "echo bye; exit 9" EXIT; exit 3'; echo $?
bash -c 'trap "echo bye" EXIT; kill -TERM $$' 2>/dev/null; echo $?
bash -c 'trap "echo bye" EXIT; exec true'; echo $?
bash -c 'f() { trap "echo from f" EXIT; }; f; echo body'
bash -c '(trap "echo inner" EXIT; echo in); trap "echo outer" EXIT; echo out'
bash -c 'set -e; trap "echo failed at \$LINENO" ERR; true
	false
	echo never'; echo $?

title a worker that is told to end
worker() {
	local rounds=0 stop=
	trap 'stop=yes' TERM
	trap 'echo "report" >report' USR1
	echo ready >ready.$1
	while [ -z "$stop" ]; do
		rounds=$((rounds + 1))
		sleep 0.01
	done
	[ $rounds -gt 0 ] && echo "worker $1 ends in order"
	exit $1
}
for i in 1 2 3; do
	worker $i >out.$i &
	pids[i]=$!
done
for i in 1 2 3; do until_file ready.$i; done
kill -USR1 ${pids[2]}
until_file report
cat report
for i in 3 1 2; do
	kill ${pids[i]}
	wait ${pids[i]}
	echo "status $?"
done
cat out.1 out.2 out.3

title wait and signals
trap 'hits=$((hits + 1))' USR1
hits=0
sleep 1000 &
sleeper=$!
(while [ ! -e enough ]; do kill -USR1 $$; sleep 0.05; done) &
killer=$!
wait $sleeper
[ $? -gt 128 ] && [ $hits -gt 0 ] && echo "wait was interrupted"
echo x >enough
until wait $killer; [ $? -lt 128 ]; do :; done
kill $sleeper
while kill -0 $sleeper 2>/dev/null; do wait $sleeper 2>/dev/null; done
trap - USR1
echo "the sleeper is gone"

title stop and continue
state() { sed 's/.*) \(.\).*/\1/' /proc/$1/stat 2>/dev/null; }
sleep 1000 &
p=$!
kill -STOP $p
until [ "$(state $p)" = T ]; do sleep 0.02; done
echo stopped
kill -TERM $p
[ "$(state $p)" = T ] && echo "TERM waits while it is stopped"
kill -CONT $p
wait $p 2>/dev/null
echo "ended $?"
sleep 1000 &
p=$!
kill -STOP $p
until [ "$(state $p)" = T ]; do sleep 0.02; done
{ kill -KILL $p; wait $p; status=$?; :; } 2>/dev/null
echo "KILL does not wait: $status"

title groups
set -m
(trap 'echo a TERM >a; exit 1' TERM; echo y >ra
	while :; do sleep 0.02; done) 2>/dev/null &
one=$!
(trap 'echo b TERM >b; exit 2' TERM; echo y >rb
	while :; do sleep 0.02; done) 2>/dev/null |
	cat &
two=$!
set +m
until_file ra
until_file rb
{ kill -TERM -- -$one; wait $one; status=$?; :; } 2>/dev/null
echo "one: $status $(cat a)"
[ -e b ] || echo "the other group is left alone"
group=$(ps -o pgid= -p $two | tr -d ' ')
{ kill -TERM -- -$group; wait $two; :; } 2>/dev/null
until_file b
cat b

title orphans
sh -c '(echo begun >orphan.begun; until [ -s orphan.go ]; do sleep 0.02; done
	echo done >orphan.done) & exit 4'
echo "parent said $?"
until_file orphan.begun
echo go >orphan.go
until_file orphan.done
cat orphan.done

title a broken pipe
(trap '' PIPE; yes 2>/dev/null; echo "yes said $?" >&2) 2>&1 | head -n 1
(yes; echo "$?" >pipe.status) | head -n 1
until_file pipe.status
cat pipe.status
bash -c 'trap "echo PIPE >&2" PIPE; while echo line; do :; done 2>/dev/null' \
	2>&1 | head -n 1

title time limits
timeout 0.1 sleep 1000; echo $?
timeout -s USR1 0.1 sleep 1000; echo $?
timeout -k 0.1 0.1 sh -c 'trap "" TERM; while :; do sleep 0.02; done'; echo $?
timeout --preserve-status 0.1 sleep 1000; echo $?
timeout 1000 sh -c 'exit 7'; echo $?
(ulimit -t 1; while :; do :; done) 2>/dev/null; echo $?
bash -c 'TMOUT=1; read -t 0.1 x < <(sleep 1000); [ $? -gt 128 ] && echo timed out
	kill $! 2>/dev/null'

title names and numbers
kill -l | tr -s ' \t' '\n' | grep -c SIG
for i in 1 2 3 9 13 14 15 17 19 23 34 64; do kill -l $i; done | paste -sd' '
for n in HUP SIGINT kill term SIGrtmin; do kill -l $n; done 2>&1 | paste -sd' '
kill -s 0 $$ && echo I am here
kill -0 1 2>/dev/null && echo and so is init
title a chain that ends from its head
bash -c 'trap "echo head ends; exit 0" TERM
	cat <(trap "" TERM; echo one; echo two) | sed "s/^/got /"
	kill -TERM $$; echo never'; echo $?

title children that tell their parent
mkfifo told
bash -c 'trap "count=\$((count + 1))" USR1; count=0
	for i in 1 2 3; do
		sh -c "kill -USR1 \$PPID; echo $i"
	done
	echo "$count signals"'
(exec sh -c 'read -r word <told; echo "told: $word"') & reader=$!
echo go >told
wait $reader; echo "reader $?"

title signals and subshells
(trap 'echo sub; exit 4' TERM; kill -TERM $BASHPID; echo never); echo $?
x=$(trap 'echo in substitution' EXIT; echo body); echo "$x"
bash -c 'trap "echo parent" EXIT; (echo sub); (exit 2); echo $?'
bash -c 'trap "echo hup; exit 1" HUP; kill -HUP $$ & wait; echo not here'; echo $?
title a queue of them
bash -c 'trap "echo one" USR1; trap "echo two" USR2
	(kill -USR1 $$; kill -USR2 $$); :; echo end' | sort
title end
cd /
rm -rf "$dir"
