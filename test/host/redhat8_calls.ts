/**
 * What RedHat 8's systemd denies the alarm unit: the calls of @system-service in a newer systemd that it lacks in 239.
 * Origin: systemd v239 and systemd 261 (commit 2c01818816, 2026-03-19), each src/shared/seccomp-util.c, the group with
 * all that it includes.
 */
export const CALLS_SINCE_239 = `
arm_fadvise64_64 cacheflush clock_getres_time64 clock_gettime64 clock_nanosleep_time64 clone3
close_range epoll_pwait2 faccessat2 fchmodat2 file_getattr file_setattr fstatat futex_time64
futex_waitv getxattrat io_pgetevents io_pgetevents_time64 io_uring_enter io_uring_register
io_uring_setup landlock_add_rule landlock_create_ruleset landlock_restrict_self listmount
listxattrat llseek lsm_get_self_attr lsm_list_modules mq_timedreceive_time64 mq_timedsend_time64
mseal newfstat open_tree openat2 pidfd_open pidfd_send_signal ppoll_time64 process_madvise
pselect6_time64 recvmmsg_time64 removexattrat riscv_flush_icache riscv_hwprobe rseq
rt_sigtimedwait_time64 sched_rr_get_interval_time64 seccomp semtimedop_time64
set_mempolicy_home_node setxattrat statmount swapcontext sync_file_range2 timer_gettime64
timer_settime64 timerfd_gettime64 timerfd_settime64 uretprobe utimensat_time64
`
  .trim()
  .split(/\s+/);

/**
 * What glibc 2.34 and later calls in every program that starts a thread or asks for a file's access, and does without for ENOSYS
 * alone. RedHat 8's glibc, 2.28, knows neither, so that the error makes no difference there.
 */
export const CALLS_OF_NEWER_GLIBC = ['clone3', 'faccessat2'];
