/* SPDX-License-Identifier: BSD-2-Clause */
/* System V semaphores, messages, shared memory. */
#include "check.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

union argument {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static int operate(int id, int number, int change, int flags)
{
	struct sembuf operation = { (unsigned short)number, (short)change,
		(short)flags };

	return semop(id, &operation, 1);
}

static void values(int id)
{
	unsigned short all[4] = { 0 };

	SHOW(semctl(id, 0, GETALL, (union argument){ .array = all }));
	printf("  %u %u %u\n", all[0], all[1], all[2]);
}

static void semaphores_alone(int id)
{
	unsigned short start[4] = { 1, 2, 3 };
	struct sembuf two[2] = { { 0, 1, 0 }, { 1, -9, IPC_NOWAIT } };
	struct timespec wait = { 0, 50000000 };
	struct semid_ds status;

	values(id);
	SHOW(semctl(id, 0, SETALL, (union argument){ .array = start }));
	values(id);
	SHOW(semctl(id, 1, SETVAL, (union argument){ .val = 7 }));
	SHOW(semctl(id, 1, GETVAL));
	SHOW(semctl(id, 1, GETPID) == getpid());
	SHOW(semctl(id, 3, GETVAL));
	SHOW(semctl(id, 1, SETVAL, (union argument){ .val = 40000 }));
	SHOW(operate(id, 2, -3, 0));
	SHOW(operate(id, 2, 0, 0));
	SHOW(operate(id, 2, -1, IPC_NOWAIT));
	SHOW(operate(id, 0, 0, IPC_NOWAIT));
	SHOW(operate(id, 9, 1, 0));
	SHOW(semop(id, two, 2));
	SHOW(semop(id, two, 0));
	SHOW(semtimedop(id, two + 1, 1, &wait));
	two[1].sem_flg = 0;
	SHOW(semtimedop(id, two + 1, 1, &wait));
	values(id);
	SHOW(operate(id, 1, 32767, 0));
	SHOW(semctl(id, 0, IPC_STAT, (union argument){ .buf = &status }));
	printf("%o %ld %d %d\n", status.sem_perm.mode & 0777,
	    (long)status.sem_nsems, status.sem_otime != 0,
	    status.sem_perm.uid == geteuid());
	status.sem_perm.mode = 0640;
	SHOW(semctl(id, 0, IPC_SET, (union argument){ .buf = &status }));
	SHOW(semctl(id, 0, IPC_STAT, (union argument){ .buf = &status }));
	printf("%o\n", status.sem_perm.mode & 0777);
}

/* Somebody else's changes wake us, and its end undoes them. */
static void semaphores_together(int id)
{
	pid_t child;

	SHOW(semctl(id, 0, SETVAL, (union argument){ .val = 0 }));
	child = fork();
	if (!child) {
		usleep(100000);
		SHOW(semctl(id, 0, GETNCNT));
		operate(id, 0, 1, 0);
		_exit(0);
	}
	SHOW(operate(id, 0, -1, 0));
	reap("child", child);
	SHOW(semctl(id, 0, GETPID) == getpid());
	CHILD("undo", SHOW(operate(id, 1, 5, SEM_UNDO));
	      SHOW(operate(id, 1, -2, SEM_UNDO)); values(id));
	values(id);
	child = fork();
	if (!child) {
		operate(id, 1, 3, SEM_UNDO);
		pause();
	}
	usleep(100000);
	values(id);
	kill(child, SIGKILL);
	reap("killed", child);
	values(id);
	CHILD("exec keeps", if (!operate(id, 2, 4, SEM_UNDO))
	      execl("/bin/true", "true", NULL));
	values(id);
	child = fork();
	if (!child) {
		SHOW(operate(id, 0, -1, 0));
		_exit(0);
	}
	usleep(100000);
	semctl(id, 0, IPC_RMID);
	reap("removed", child);
	SHOW(semctl(id, 0, GETVAL));
}

static void nothing(int signal)
{
	(void)signal;
}

static void interrupted(void)
{
	struct sigaction action = { .sa_handler = nothing };
	int id = semget(IPC_PRIVATE, 1, 0600);

	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	SHOW(operate(id, 0, -1, 0));
	SHOW(semctl(id, 0, GETNCNT));
	SHOW(semctl(id, 0, IPC_RMID));
}

struct text {
	long type;
	char text[8192];
};

static void receive(int id, size_t size, long type, int flags)
{
	struct text message = { 0 };

	SHOW(msgrcv(id, &message, size, type, flags));
	printf("  %ld \"%.20s\"\n", message.type, message.text);
	fflush(stdout);
}

static void send(int id, long type, const char *text)
{
	struct text message = { .type = type };

	strcpy(message.text, text);
	SHOW(msgsnd(id, &message, strlen(text), IPC_NOWAIT));
}

static void messages(void)
{
	int id = msgget(0x4d617369, IPC_CREAT | IPC_EXCL | 0600);
	struct text large = { .type = 1 };
	struct msqid_ds status;
	pid_t child;
	int same = 1;

	SHOW(id >= 0);
	SHOW(msgget(0x4d617369, IPC_CREAT | IPC_EXCL | 0600));
	SHOW(msgget(0x4d617369, 0600) == id);
	receive(id, 100, 0, IPC_NOWAIT);
	send(id, 3, "three");
	send(id, 1, "one");
	send(id, 2, "two");
	send(id, 2, "two again");
	send(id, 0, "none");
	SHOW(msgctl(id, IPC_STAT, &status));
	printf("%ld %ld %ld %d\n", (long)status.msg_qnum,
	    (long)status.msg_cbytes, (long)status.msg_qbytes,
	    status.msg_lspid == getpid());
	receive(id, 100, 2, IPC_NOWAIT);
	receive(id, 100, -2, IPC_NOWAIT);
	receive(id, 2, 3, IPC_NOWAIT);
	receive(id, 2, 3, IPC_NOWAIT | MSG_NOERROR);
	receive(id, 100, 5, IPC_NOWAIT);
	receive(id, 100, 7, IPC_NOWAIT | MSG_EXCEPT);
	memset(large.text, 'x', sizeof large.text);
	SHOW(msgsnd(id, &large, sizeof large.text, IPC_NOWAIT));
	SHOW(msgsnd(id, &large, sizeof large.text, IPC_NOWAIT));
	SHOW(msgsnd(id, &large, 1, IPC_NOWAIT));
	SHOW(msgsnd(id, &large, sizeof large.text + 1, IPC_NOWAIT));
	memset(large.text, 0, sizeof large.text);
	SHOW(msgrcv(id, &large, sizeof large.text, 0, 0));
	for (size_t i = 0; i < sizeof large.text; i++)
		same &= large.text[i] == 'x';
	SHOW(same);
	SHOW(msgrcv(id, &large, sizeof large.text, 0, 0));
	child = fork();
	if (!child) {
		struct text message = { 9, "from a child" };

		usleep(100000);
		msgsnd(id, &message, 12, 0);
		_exit(0);
	}
	receive(id, 100, 9, 0);
	reap("child", child);
	child = fork();
	if (!child) {
		receive(id, 100, 0, 0);
		_exit(0);
	}
	usleep(100000);
	msgctl(id, IPC_RMID, NULL);
	reap("removed", child);
	SHOW(msgctl(id, IPC_STAT, &status));
}

static void attached(int id)
{
	struct shmid_ds status;

	SHOW(shmctl(id, IPC_STAT, &status));
	printf("  %ld attached, %ld bytes, %o\n", (long)status.shm_nattch,
	    (long)status.shm_segsz, status.shm_perm.mode);
	fflush(stdout);
}

static void memory(void)
{
	int id = shmget(0x4d617370, 10000, IPC_CREAT | 0640);
	char *at, *second;

	SHOW(id >= 0);
	SHOW(shmget(0x4d617370, 20000, 0));
	SHOW(shmget(0x4d617370, 100, 0) == id);
	SHOW(shmget(0x4d617371, 100, 0));
	SHOW(shmget(IPC_PRIVATE, 0, 0600));
	attached(id);
	at = shmat(id, NULL, 0);
	SHOW(at != (char *)-1);
	SHOW(at[0] | at[9999] | at[12287]);
	strcpy(at, "hello");
	second = shmat(id, NULL, SHM_RDONLY);
	SHOW(second != (char *)-1 && second != at);
	SHOW(strcmp(second, "hello"));
	attached(id);
	CHILD("a reader writes", signal(SIGSEGV, SIG_DFL); second[0] = 'x');
	CHILD("child", attached(id); strcpy(at, "from a child");
	      SHOW(shmdt(second)); attached(id));
	SHOW(strcmp(second, "from a child"));
	attached(id);
	CHILD("exec", execl("/bin/true", "true", NULL));
	attached(id);
	SHOW(shmdt(second));
	SHOW(shmdt(second));
	SHOW(shmdt(at + 4096));
	SHOW(shmat(id, at + 1, 0) == (void *)-1);
	SHOW(shmctl(id, IPC_RMID, NULL));
	attached(id);
	SHOW(shmget(0x4d617370, 100, 0));
	SHOW(strcmp(at, "from a child"));
	CHILD("by id", second = shmat(id, NULL, 0);
	      SHOW(strcmp(second, "from a child")));
	SHOW(shmdt(at));
	SHOW(shmctl(id, IPC_RMID, NULL));
	SHOW(shmat(id, NULL, 0) == (void *)-1);
}

static void permissions(void)
{
	int set = semget(IPC_PRIVATE, 1, 0644);
	int segment = shmget(IPC_PRIVATE, 4096, 0644);
	int queue = msgget(IPC_PRIVATE, 0600);

	CHILD("an ordinary user", if (setuid(1000)) say("no user");
	      SHOW(semctl(set, 0, GETVAL)); SHOW(operate(set, 0, 1, 0));
	      SHOW(semctl(set, 0, IPC_RMID));
	      SHOW(shmat(segment, NULL, 0) == (void *)-1);
	      SHOW(shmat(segment, NULL, SHM_RDONLY) == (void *)-1);
	      SHOW(shmctl(segment, IPC_RMID, NULL)); send(queue, 1, "x");
	      receive(queue, 10, 0, IPC_NOWAIT));
	SHOW(semctl(set, 0, IPC_RMID));
	SHOW(shmctl(segment, IPC_RMID, NULL));
	SHOW(msgctl(queue, IPC_RMID, NULL));
}

int main(void)
{
	int id;

	setvbuf(stdout, NULL, _IOLBF, 0);
	SHOW(semget(IPC_PRIVATE, 0, 0600));
	SHOW(semget(0x4d617373, 3, 0600));
	id = semget(0x4d617373, 3, IPC_CREAT | 0600);
	SHOW(id >= 0);
	SHOW(semget(0x4d617373, 4, 0600));
	SHOW(semget(0x4d617373, 2, 0600) == id);
	semaphores_alone(id);
	semaphores_together(id);
	interrupted();
	messages();
	memory();
	permissions();
	return 0;
}
