#!/bin/bash
# Background jobs, wait, kill, traps, exit statuses, signals between processes.
dir=$(mktemp -d /tmp/jobs.XXXXXX) || exit 9
cd "$dir" || exit 9

echo "== wait"
(exit 3) & wait $!; echo "status $?"
true & p=$!; false & q=$!
wait $p; echo "first $?"; wait $q; echo "second $?"
for i in 1 2 3; do (exit $i) & pids[$i]=$!; done
for i in 3 1 2; do wait ${pids[$i]}; echo "job $i: $?"; done
wait 999999 2>/dev/null; echo "unknown: $?"
sleep 0 & wait; echo "all: $?"
(sleep 1; exit 7) & (sleep 1; exit 7) & wait -n; echo "any: $?"; wait

echo "== exit statuses"
sh -c 'exit 0'; echo $?
sh -c 'exit 255'; echo $?
sh -c 'kill -TERM $$'; echo $?
sh -c 'kill -KILL $$'; echo $?
sh -c 'kill -USR1 $$'; echo $?
/nonexistent/program 2>/dev/null; echo $?
touch notexec; ./notexec 2>/dev/null; echo $?
./. 2>/dev/null; echo $?
no_such_command_here 2>/dev/null; echo $?
bash -c 'exec /nonexistent' 2>/dev/null; echo $?
true | false; echo "pipe ${PIPESTATUS[*]}"
false | true; echo "pipe ${PIPESTATUS[*]}"
set -o pipefail; false | true; echo "pipefail $?"; set +o pipefail
exit_in_pipe=$(echo x | { cat; exit 5; }); echo "$exit_in_pipe $?"

echo "== traps"
bash -c 'trap "echo exit trap" EXIT; echo body'
bash -c 'trap "echo exit trap \$?" EXIT; exit 4'; echo $?
bash -c 'trap "echo got TERM; exit 12" TERM; kill -TERM $$; echo never'; echo $?
bash -c 'trap "" TERM; kill -TERM $$; echo survived'
bash -c 'trap "echo int" INT; kill -INT $$; kill -INT $$; echo after'
bash -c 'trap "echo usr1" USR1; trap "echo usr2" USR2; kill -USR2 $$; kill -USR1 $$; trap - USR1; kill -USR1 $$; echo never' 2>/dev/null; echo $?
bash -c 'trap "echo err \$?" ERR; false; true; (exit 3); echo end'
bash -c 'trap "echo debug" DEBUG; : one; : two' | wc -l
bash -c 'f() { trap "echo return" RETURN; echo in f; }; f; echo done'
bash -c 'trap "echo child died" CHLD; set -m; (exit 0) & wait; echo waited' | sort | uniq -c | sed 's/^ *//' | head -n 1 | grep -c .
trap 'echo parent trap' USR1
(trap - USR1; sh -c 'kill -USR1 $PPID' ; echo child goes on) 2>/dev/null; echo $?
trap - USR1

echo "== signals between processes"
(trap 'echo stopped by TERM; exit 0' TERM; echo ready >ready; while :; do sleep 0.05; done) &
p=$!
until [ -s ready ]; do sleep 0.01; done
kill -TERM $p; wait $p; echo "status $?"
sleep 100 & p=$!
kill -0 $p && echo alive
kill $p; wait $p 2>/dev/null; echo "status $?"
kill -0 $p 2>/dev/null || echo gone
sleep 100 & p=$!; { kill -KILL $p; wait $p; status=$?; :; } 2>/dev/null; echo "status $status"
sleep 100 & p=$!; kill -STOP $p; kill -CONT $p; kill -HUP $p; wait $p 2>/dev/null; echo "status $?"
kill -l 15; kill -l KILL; kill -l 143
kill -s NOSUCH $$ 2>/dev/null || echo "no such signal"
kill -TERM 999999 2>/dev/null || echo "no such process"

echo "== wait interrupted by a trapped signal"
trap 'hits=$((hits + 1))' USR1
hits=0
sleep 1000 & s=$!
(until [ -e enough ]; do kill -USR1 $$; sleep 0.05; done) & killer=$!
wait $s; st=$?
[ $st -gt 128 ] && [ $hits -gt 0 ] && echo "wait ended by signal"
: >enough
until wait $killer; [ $? -lt 128 ]; do :; done
{ kill $s; until wait $s; [ $? -eq 143 ]; do :; done; } 2>/dev/null; echo "sleep ended"
trap - USR1

echo "== process groups"
set -m
sleep 100 | sleep 100 & 
p=$!
{ # the shell may tell of the group's end at any command until all are waited for
	kill -TERM -- -$(ps -o pgid= -p $p | tr -d ' ')
	wait $p; status=$?
	wait; jobs
} >/dev/null 2>&1
echo "group killed $status"
set +m

echo "== many"
for ((i = 0; i < 50; i++)); do (echo $((i * i)) >out.$i) & done; wait
cat out.* | sort -n | md5sum
count=0
for ((i = 0; i < 30; i++)); do /bin/true && count=$((count + 1)); done
echo "$count successes"
for ((i = 0; i < 10; i++)); do echo $i; done | (while read -r n; do (echo "n$n") & wait; done)

echo "== coprocess"
coproc BC { while read -r a b; do echo $((a + b)); done; }
echo 3 4 >&"${BC[1]}"; read -r r <&"${BC[0]}"; echo "3 + 4 = $r"
echo 30 12 >&"${BC[1]}"; read -r r <&"${BC[0]}"; echo "30 + 12 = $r"
eval "exec ${BC[1]}>&-"; wait $BC_PID; echo "coprocess $?"

echo "== timeouts"
timeout 0.2 sleep 5; echo $?
timeout 5 true; echo $?
timeout -s KILL 0.2 sleep 5; echo $?
( sleep 0.1 & sleep 0.2 & wait; echo both )
SECONDS=0; sleep 1; [ $SECONDS -ge 1 ] && echo "a second passed"
ulimit -c 0; ulimit -c
(ulimit -n 20; ulimit -n)
cd /; rm -rf "$dir"
