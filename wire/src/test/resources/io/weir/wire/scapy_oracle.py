"""Second opinion on frames.

read:   for each frame (hexadecimal line on stdin) prints what scapy reads in it, and the frame as scapy builds it
        after lengths and checksums were taken away.
make N: prints N random frames that scapy built, with what it reads in them.
"""
import logging
import random
import sys
import warnings

logging.getLogger("scapy").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest, IPv6, ICMPv6ND_NA, ICMPv6ND_NS
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw

# Ports must not make scapy look for DNS and the like in random payloads.
TCP.payload_guess = []
UDP.payload_guess = []


def fields(p):
    out = [p[Ether].src, p[Ether].dst]
    if Dot1Q in p:
        out.append("vlan %d %d %d" % (p[Dot1Q].prio, p[Dot1Q].id, p[Dot1Q].vlan))
    if ARP in p:
        a = p[ARP]
        out.append("arp %d %s %s %s %s" % (a.op, a.hwsrc, a.psrc, a.hwdst, a.pdst))
    if IP in p:
        i = p[IP]
        out.append("ipv4 %s %s %d %d %d %d" % (i.src, i.dst, i.tos, i.id, i.ttl, i.proto))
    if IPv6 in p:
        i = p[IPv6]
        out.append("ipv6 %s %s %d %d %d" % (i.src, i.dst, i.tc, i.fl, i.hlim))
    if TCP in p:
        t = p[TCP]
        out.append("tcp %d %d %d %d %d %d" % (t.sport, t.dport, t.seq, t.ack, int(t.flags), t.window))
    if UDP in p:
        out.append("udp %d %d %d" % (p[UDP].sport, p[UDP].dport, p[UDP].len))
    if ICMP in p:
        out.append("icmp %d %d %d" % (p[ICMP].type, p[ICMP].id, p[ICMP].seq))
    for kind in (ICMPv6EchoRequest, ICMPv6EchoReply):
        if kind in p:
            out.append("icmpv6 %d %d %d" % (p[kind].type, p[kind].id, p[kind].seq))
    if ICMPv6ND_NS in p:
        out.append("ns %s" % p[ICMPv6ND_NS].tgt)
    if ICMPv6ND_NA in p:
        n = p[ICMPv6ND_NA]
        out.append("na %s %d%d%d" % (n.tgt, n.R, n.S, n.O))
    return " | ".join(out)


def rebuild(p):
    layer = p
    while layer:
        for name in ("chksum", "cksum", "len", "plen", "ihl", "dataofs"):
            if name in layer.fields and not isinstance(layer, Ether):
                delattr(layer, name)
        layer = layer.payload
    return bytes(p)


def make(rng):
    network = rng.choice([IP, IPv6])
    ip = network(src=address(rng, network), dst=address(rng, network))
    if network is IP:
        ip.tos, ip.id, ip.ttl = rng.randrange(256), rng.randrange(65536), rng.randrange(256)
    else:
        ip.tc, ip.fl, ip.hlim = rng.randrange(256), rng.randrange(1 << 20), rng.randrange(256)
    kind = rng.randrange(3)
    if kind == 0:
        upper = TCP(sport=rng.randrange(65536), dport=rng.randrange(65536), seq=rng.randrange(1 << 32),
                    ack=rng.randrange(1 << 32), flags=rng.randrange(512), window=rng.randrange(65536),
                    options=rng.choice([[], [("MSS", 1460), ("WScale", 7)], [("Timestamp", (1, 2))]]))
    elif kind == 1:
        upper = UDP(sport=rng.randrange(65536), dport=rng.randrange(65536))
    elif network is IP:
        upper = ICMP(type=rng.choice([0, 8]), id=rng.randrange(65536), seq=rng.randrange(65536))
    else:
        upper = rng.choice([ICMPv6EchoRequest, ICMPv6EchoReply])(id=rng.randrange(65536), seq=rng.randrange(65536))
    payload = bytes(rng.randrange(256) for _ in range(rng.randrange(150)))
    ether = Ether(src="02:00:00:00:00:%02x" % rng.randrange(256), dst="02:00:00:00:01:%02x" % rng.randrange(256))
    if rng.randrange(4) == 0:
        ether = ether / Dot1Q(prio=rng.randrange(8), id=rng.randrange(2), vlan=rng.randrange(4096))
    if kind == 2 and network is IPv6:
        upper.data = payload
        return bytes(ether / ip / upper)
    return bytes(ether / ip / upper / Raw(payload))


def address(rng, network):
    if network is IP:
        return ".".join(str(rng.randrange(256)) for _ in range(4))
    return ":".join("%x" % rng.choice([0, rng.randrange(65536)]) for _ in range(8))


if sys.argv[1] == "read":
    for line in sys.stdin:
        packet = Ether(bytes.fromhex(line.strip()))
        text = fields(packet)
        print(rebuild(packet).hex() + " " + text)
else:
    rng = random.Random(250)
    for _ in range(int(sys.argv[2])):
        frame = make(rng)
        print(frame.hex() + " " + fields(Ether(frame)))
