// <linux/netfilter.h> stays out: its <linux/in.h> clashes with Glibc's in debug builds.
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
