#!/bin/bash
# A small shop's books: records in files, joins, sums, checks, a server behind
# FIFOs, locks, several clerks at once. Arrays, functions, here-documents.
dir=$(mktemp -d /tmp/records.XXXXXX) || exit 9
cd "$dir" || exit 9
export LC_ALL=C
shopt -s extglob nullglob

declare -A price stock name
declare -a log=()
title() { printf '== %s\n' "$*"; }
note() { log+=("$*"); }
money() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); }

title "reading"
cat >items <<'END'
# number:name:price in cents:stock
100:bolt:25:1000
101:nut:10:2000
102:washer:5:5000
200:hammer:1999:12
201:saw:2450:7
202:drill, electric:8999:3
300:glue:450:40

301:paint "white":1250:22
broken line
302::1:1
END
load() {
	local number item cents count line=0
	while IFS=: read -r number item cents count; do
		line=$((line + 1))
		case $number in
		'' | '#'*) continue ;;
		+([0-9])) ;;
		*) note "line $line: no number"; continue ;;
		esac
		if [[ -z $item || ! $cents =~ ^[0-9]+$ ]]; then
			note "line $line: item $number is incomplete"
			continue
		fi
		name[$number]=$item
		price[$number]=$cents
		stock[$number]=$count
	done <"$1"
}
load items
echo "${#name[@]} items"
printf '%s\n' "${log[@]}"
numbers=($(printf '%s\n' "${!name[@]}" | sort -n))
for n in "${numbers[@]}"; do
	printf '%-4s %-16s %8s %6d\n' $n "${name[$n]}" $(money ${price[$n]}) ${stock[$n]}
done

title "orders"
cat >orders <<'END'
ann 100 50
bob 200 1
ann 202 2
cyd 202 2
bob 999 1
dan 101 3000
ann 101 500
cyd 301 22
bob 300 x
END
declare -A owed
refused=0
while read -r who what count rest; do
	if [[ -z ${name[$what]+set} ]]; then
		echo "$who: no item $what"
	elif [[ $count != +([0-9]) ]]; then
		echo "$who: how many is $count?"
	elif ((count > stock[$what])); then
		echo "$who: only ${stock[$what]} of ${name[$what]}"
	else
		((stock[$what] -= count))
		((owed[$who] += count * price[$what]))
		continue
	fi
	((++refused))
done <orders
for who in $(printf '%s\n' "${!owed[@]}" | sort); do
	echo "$who owes $(money ${owed[$who]})"
done
echo "$refused refused; left: ${stock[*]@Q}" | tr ' ' '\n' | sort | paste -sd' '

title "joins and sums"
grep -E '^[0-9]+:[^:]+:' items | tr ' ' _ | tr : ' ' | sort -k1,1 >table
grep -E '^[a-z]+ [0-9]+ [0-9]+$' orders | sort -k2,2 >sold
join -1 1 -2 2 table sold | sort -k5,5 -k1,1n
join -1 1 -2 2 -v 1 table sold | cut -d' ' -f2
join -1 1 -2 2 table sold | awk '
	{ sum[$5] += $3 * $6; all += $3 * $6 }
	END {
		for (who in sum) printf "%s %.2f\n", who, sum[who] / 100 | "sort"
		close("sort")
		printf "all %.2f\n", all / 100
	}'
cut -d' ' -f1 sold | sort | uniq -c | sort -k1nr -k2 | awk '{ print $2 "*" $1 }' | paste -sd,
paste -d' ' <(cut -d' ' -f1 table) <(cut -d' ' -f2 table | tr a-z A-Z) | head -n 3
comm -13 <(cut -d' ' -f2 sold | sort -u) <(cut -d' ' -f1 table | sort -u) | paste -sd' '

title "a ledger by several clerks"
: >ledger
locked() {
	until mkdir lock 2>/dev/null; do sleep 0.01; done
	"$@"
	rmdir lock
}
book() {
	local last
	last=$(tail -n 1 ledger | cut -d' ' -f1)
	echo "$((${last:-0} + 1)) $1 $2" >>ledger
}
for clerk in ann bob cyd dan; do
	(for i in 1 2 3 4 5 6; do locked book $clerk $((i * 11)); done) &
done
wait
wc -l <ledger
cut -d' ' -f1 ledger | cmp - <(seq 24) && echo "numbers without a gap"
sort -k2,2 -k3,3n ledger | cut -d' ' -f2- | md5sum
awk '{ n[$2]++; s[$2] += $3 } END { for (c in n) print c, n[c], s[c] }' ledger | sort

title "the same with flock"
: >counter
echo 0 >counter
for clerk in 1 2 3 4 5; do
	(for i in 1 2 3 4 5; do
		flock counter sh -c 'read n <counter; echo $((n + 1)) >counter'
	done) &
done
wait
cat counter
(flock -n 9 && echo "got it"; flock -n counter true || echo "it is taken") 9<counter
flock -n counter echo "free again"

title "a server behind FIFOs"
mkfifo request answer.ann answer.bob
server() {
	local who verb item value=
	declare -A kept
	while read -r who verb item value; do
		case $verb in
		put) kept[$item]=$value; echo "ok" >answer.$who ;;
		get) echo "${kept[$item]-none}" >answer.$who ;;
		list) printf '%s\n' "${!kept[@]}" | sort | paste -sd, >answer.$who ;;
		end) echo "bye" >answer.$who; return 0 ;;
		*) echo "what is $verb?" >answer.$who ;;
		esac
	done
}
exec 8<>request
server <&8 &
server=$!
declare -A answers # held open: a reader never meets an end between two answers
exec {answers[ann]}<>answer.ann {answers[bob]}<>answer.bob
ask() {
	local who=$1 line
	shift
	echo "$who $*" >request
	read -r line <&${answers[$who]}
	echo "$who $*: $line"
}
ask ann put colour dark red
ask bob get colour
ask bob put size 12
ask ann list
ask ann get nothing
ask bob shout
(for i in 1 2 3; do ask ann put a$i $i; done) >out.ann &
one=$!
(for i in 1 2 3; do ask bob put b$i $i; done) >out.bob &
wait $one $!
cat out.ann out.bob
ask ann list
ask bob end
wait $server
echo "server: $?"
exec 8>&-

title "a report"
report() {
	cat <<END
Items: ${#name[@]}
Cheapest: $(for n in "${numbers[@]}"; do echo "${price[$n]} ${name[$n]}"; done | sort -n | head -n 1)
Worth: $(for n in "${numbers[@]}"; do echo $((price[$n] * stock[$n])); done | awk '{ s += $1 } END { printf "%.2f", s / 100 }')
$(printf '%-12s|%6s\n' item left; printf '%.0s-' {1..20}; echo
	for n in "${numbers[@]}"; do printf '%-12.12s|%6d\n' "${name[$n]}" ${stock[$n]}; done)
END
}
report
report | md5sum
report | sed -n '/^-/,$p' | tail -n +2 | sort -t'|' -k2nr | head -n 3
title "returns"
declare -A back=([100]=5 [101]=70 [999]=1)
for n in $(printf '%s\n' "${!back[@]}" | sort -n); do
	[[ -v stock[$n] ]] || { echo "$n: never sold"; continue; }
	((stock[$n] += back[$n]))
	echo "$n: ${stock[$n]}"
done
cd /
rm -rf "$dir"
