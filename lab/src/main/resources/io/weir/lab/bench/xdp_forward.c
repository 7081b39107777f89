/*
 * A minimal AF_XDP forwarder, the yardstick for weir's af_xdp driver: between two interfaces it replaces the link-layer
 * addresses, counts the time to live of IPv4 down with its checksum, and looks nothing up. Everything else is as in weir: one
 * UMEM for both interfaces, copy mode where the driver has no other, need-wakeup, batches of 64, transmit budget of a whole
 * ring, spin, then yield, then sleep in poll(2) when idle.
 *
 *   gcc -O2 -o xdp_forward xdp_forward.c && xdp_forward DEVICE_A DEVICE_B MAC_BEHIND_A MAC_BEHIND_B
 *
 * bpf(2) and the rings by hand: no library is needed. linux-headers of 5.11 or later.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RING 2048u
#define FRAMES (4 * RING)
#define CHUNK 2048u
#define BATCH 64u
#define SPINS 200
#define YIELDS 50
#define SLEEP_MS 10
#ifndef XDP_MAX_TX_SKB_BUDGET
#define XDP_MAX_TX_SKB_BUDGET 9 /* linux/if_xdp.h of 6.18 */
#endif

struct ring {
    uint32_t *producer, *consumer, *flags;
    void *descriptors;
};

struct side {
    int socket, program, map, link;
    struct ring rx, tx, fill, completion;
    uint8_t own[6], peer[6]; /* source and destination of what leaves here */
    uint32_t in_flight;
};

static uint8_t *umem;
static uint64_t spare[FRAMES]; /* the one pool of free frames */
static uint32_t spares;
static volatile sig_atomic_t running = 1;

static void end(int signal) {
    (void)signal;
    running = 0;
}

static void fail(const char *what) {
    fprintf(stderr, "error: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int bpf(int command, union bpf_attr *attributes) {
    return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

/* return bpf_redirect_map(&map, ctx->rx_queue_index, XDP_PASS) */
static void attach(struct side *s, int interface) {
    union bpf_attr a;
    memset(&a, 0, sizeof a);
    a.map_type = BPF_MAP_TYPE_XSKMAP;
    a.key_size = a.value_size = 4;
    a.max_entries = 1;
    if ((s->map = bpf(BPF_MAP_CREATE, &a)) < 0)
        fail("BPF_MAP_CREATE");
    struct bpf_insn code[] = {
        {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = offsetof(struct xdp_md, rx_queue_index)},
        {.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = s->map},
        {.code = 0},
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = XDP_PASS},
        {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map},
        {.code = BPF_JMP | BPF_EXIT},
    };
    memset(&a, 0, sizeof a);
    a.prog_type = BPF_PROG_TYPE_XDP;
    a.insns = (uintptr_t)code;
    a.insn_cnt = sizeof code / sizeof *code;
    a.license = (uintptr_t) "Dual MIT/GPL";
    if ((s->program = bpf(BPF_PROG_LOAD, &a)) < 0)
        fail("BPF_PROG_LOAD");
    uint32_t queue = 0;
    memset(&a, 0, sizeof a);
    a.map_fd = (uint32_t)s->map;
    a.key = (uintptr_t)&queue;
    a.value = (uintptr_t)&s->socket;
    if (bpf(BPF_MAP_UPDATE_ELEM, &a) < 0)
        fail("BPF_MAP_UPDATE_ELEM");
    for (int generic = 0;; generic++) {
        memset(&a, 0, sizeof a);
        a.link_create.prog_fd = (uint32_t)s->program;
        a.link_create.target_ifindex = (uint32_t)interface;
        a.link_create.attach_type = BPF_XDP;
        a.link_create.flags = generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
        if ((s->link = bpf(BPF_LINK_CREATE, &a)) >= 0)
            break;
        if (generic)
            fail("BPF_LINK_CREATE");
    }
}

static void map_ring(int socket, struct ring *ring, const struct xdp_ring_offset *offset, uint64_t where, size_t entry) {
    uint8_t *base = mmap(NULL, offset->desc + RING * entry, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, socket,
                         (off_t)where);
    if (base == MAP_FAILED)
        fail("mmap of a ring");
    ring->producer = (uint32_t *)(base + offset->producer);
    ring->consumer = (uint32_t *)(base + offset->consumer);
    ring->flags = (uint32_t *)(base + offset->flags);
    ring->descriptors = base + offset->desc;
}

static void open_side(struct side *s, const char *device, const char *peer, int shared) {
    if (sscanf(peer, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", s->peer, s->peer + 1, s->peer + 2, s->peer + 3, s->peer + 4,
               s->peer + 5) != 6) {
        fprintf(stderr, "error: %s is no link-layer address\n", peer);
        exit(1);
    }
    struct ifreq request;
    memset(&request, 0, sizeof request);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
    int control = socket(AF_INET, SOCK_DGRAM, 0);
    if (ioctl(control, SIOCGIFHWADDR, &request) < 0)
        fail(device);
    memcpy(s->own, request.ifr_hwaddr.sa_data, 6);
    close(control);

    if ((s->socket = socket(AF_XDP, SOCK_RAW, 0)) < 0)
        fail("socket(AF_XDP)");
    if (shared < 0) {
        struct xdp_umem_reg memory = {.addr = (uintptr_t)umem, .len = (uint64_t)FRAMES * CHUNK, .chunk_size = CHUNK};
        if (setsockopt(s->socket, SOL_XDP, XDP_UMEM_REG, &memory, sizeof memory) < 0)
            fail("XDP_UMEM_REG");
    }
    int entries = RING;
    const int options[] = {XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING};
    for (int i = 0; i < 4; i++)
        if (setsockopt(s->socket, SOL_XDP, options[i], &entries, sizeof entries) < 0)
            fail("ring size");
    struct xdp_mmap_offsets offsets;
    socklen_t length = sizeof offsets;
    if (getsockopt(s->socket, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) < 0)
        fail("XDP_MMAP_OFFSETS");
    map_ring(s->socket, &s->rx, &offsets.rx, XDP_PGOFF_RX_RING, sizeof(struct xdp_desc));
    map_ring(s->socket, &s->tx, &offsets.tx, XDP_PGOFF_TX_RING, sizeof(struct xdp_desc));
    map_ring(s->socket, &s->fill, &offsets.fr, XDP_UMEM_PGOFF_FILL_RING, sizeof(uint64_t));
    map_ring(s->socket, &s->completion, &offsets.cr, XDP_UMEM_PGOFF_COMPLETION_RING, sizeof(uint64_t));
    struct sockaddr_xdp address = {.sxdp_family = AF_XDP, .sxdp_ifindex = if_nametoindex(device)};
    address.sxdp_flags = shared < 0 ? XDP_USE_NEED_WAKEUP : XDP_SHARED_UMEM;
    address.sxdp_shared_umem_fd = shared < 0 ? 0 : (uint32_t)shared;
    if (bind(s->socket, (struct sockaddr *)&address, sizeof address) < 0)
        fail("bind");
    /* Without it a system call sends 32 frames at most; kernels before 6.18 do not know it. */
    (void)setsockopt(s->socket, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &entries, sizeof entries);
    attach(s, (int)address.sxdp_ifindex);
}

static void refill(struct side *s) {
    uint32_t producer = *s->fill.producer;
    uint32_t room = RING - (producer - __atomic_load_n(s->fill.consumer, __ATOMIC_ACQUIRE));
    uint64_t *addresses = s->fill.descriptors;
    while (room > 0 && spares > 0) {
        addresses[producer++ & (RING - 1)] = spare[--spares];
        room--;
    }
    __atomic_store_n(s->fill.producer, producer, __ATOMIC_RELEASE);
}

static void complete(struct side *s) {
    uint32_t consumer = *s->completion.consumer;
    uint32_t producer = __atomic_load_n(s->completion.producer, __ATOMIC_ACQUIRE);
    uint64_t *addresses = s->completion.descriptors;
    s->in_flight -= producer - consumer;
    while (consumer != producer)
        spare[spares++] = addresses[consumer++ & (RING - 1)] & ~(uint64_t)(CHUNK - 1);
    __atomic_store_n(s->completion.consumer, consumer, __ATOMIC_RELEASE);
}

/* The kernel takes what is in the ring only when it is called (copy mode), or when it says that it sleeps. */
static void kick(struct side *s) {
    if (s->in_flight > 0 && (__atomic_load_n(s->tx.flags, __ATOMIC_RELAXED) & XDP_RING_NEED_WAKEUP))
        (void)sendto(s->socket, NULL, 0, MSG_DONTWAIT, NULL, 0);
}

static void rewrite(uint8_t *frame, const struct side *out) {
    memcpy(frame, out->peer, 6);
    memcpy(frame + 6, out->own, 6);
    if (frame[12] == 8 && frame[13] == 0) { /* IPv4: RFC 1624 */
        uint32_t sum = (uint32_t)(frame[24] << 8 | frame[25]) + 0x100;
        sum += sum >> 16;
        frame[22]--;
        frame[24] = (uint8_t)(sum >> 8);
        frame[25] = (uint8_t)sum;
    }
}

static uint32_t forward(struct side *in, struct side *out) {
    uint32_t consumer = *in->rx.consumer;
    uint32_t count = __atomic_load_n(in->rx.producer, __ATOMIC_ACQUIRE) - consumer;
    if (count > BATCH)
        count = BATCH;
    complete(out);
    if (count == 0) {
        kick(out);
        return 0;
    }
    const struct xdp_desc *received = in->rx.descriptors;
    struct xdp_desc *sent = out->tx.descriptors;
    uint32_t producer = *out->tx.producer;
    uint32_t room = RING - (producer - __atomic_load_n(out->tx.consumer, __ATOMIC_ACQUIRE));
    for (uint32_t i = 0; i < count; i++) {
        struct xdp_desc d = received[consumer++ & (RING - 1)];
        if (room == 0) { /* dropped */
            spare[spares++] = d.addr & ~(uint64_t)(CHUNK - 1);
            continue;
        }
        rewrite(umem + d.addr, out);
        sent[producer++ & (RING - 1)] = (struct xdp_desc){.addr = d.addr, .len = d.len};
        room--;
        out->in_flight++;
    }
    __atomic_store_n(in->rx.consumer, consumer, __ATOMIC_RELEASE);
    __atomic_store_n(out->tx.producer, producer, __ATOMIC_RELEASE);
    kick(out);
    complete(out);
    refill(in);
    return count;
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "usage: %s DEVICE_A DEVICE_B MAC_BEHIND_A MAC_BEHIND_B\n", arguments[0]);
        return 2;
    }
    signal(SIGTERM, end);
    signal(SIGINT, end);
    umem = mmap(NULL, (size_t)FRAMES * CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (umem == MAP_FAILED)
        fail("mmap of the UMEM");
    for (uint64_t i = 0; i < FRAMES; i++)
        spare[spares++] = i * CHUNK;
    struct side a, b;
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    open_side(&a, arguments[1], arguments[3], -1);
    open_side(&b, arguments[2], arguments[4], a.socket);
    refill(&a);
    refill(&b);
    puts("ready");
    fflush(stdout);
    struct pollfd wait[] = {{.fd = a.socket, .events = POLLIN}, {.fd = b.socket, .events = POLLIN}};
    for (int idle = 0; running;) {
        uint32_t work = forward(&a, &b);
        work += forward(&b, &a);
        if (work > 0)
            idle = 0;
        else if (idle++ >= SPINS + YIELDS)
            (void)poll(wait, 2, SLEEP_MS);
        else if (idle > SPINS)
            (void)sched_yield();
    }
    return 0;
}
