"""Runs client programs in this network namespace, behind a TUN device whose packets go to standard output, each behind its
length, and come from standard input likewise. Started as root of a fresh namespace:

    unshare -Urn python3 tun_pump.py RESULTS < answers > packets

The commands come as a JSON list of lists in the environment variable COMMANDS; RESULTS gets their exit status and output,
separated by the control characters made for that: nothing has to be quoted.
"""
import fcntl, json, os, stat, struct, subprocess, sys, threading

UNAVAILABLE = 42
IFF_TUN, IFF_NO_PI, TUNSETIFF = 0x0001, 0x1000, 0x400454CA


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def exactly(stream, count):
    data = stream.read(count)
    if len(data) < count:
        os._exit(3)
    return data


def device():
    try:
        return os.open("/dev/net/tun", os.O_RDWR)
    except FileNotFoundError:  # a container without it, perhaps with the right to make it
        node = sys.argv[1] + ".tun"
        os.mknod(node, stat.S_IFCHR | 0o600, os.makedev(10, 200))
        return os.open(node, os.O_RDWR)


try:
    tun = device()
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN | IFF_NO_PI))
except OSError as e:
    print("no TUN device:", e, file=sys.stderr)
    sys.exit(UNAVAILABLE)
ip("link", "set", "lo", "up")
ip("addr", "add", "192.0.2.1/24", "dev", "tun0")
ip("-6", "addr", "add", "2001:db8::1/64", "dev", "tun0", "nodad")
ip("link", "set", "tun0", "up")
ip("route", "add", "198.51.100.0/24", "dev", "tun0")


def outward():
    while True:
        packet = os.read(tun, 65535)
        sys.stdout.buffer.write(struct.pack("!H", len(packet)) + packet)
        sys.stdout.buffer.flush()


def inward():
    while True:
        (length,) = struct.unpack("!H", exactly(sys.stdin.buffer, 2))
        os.write(tun, exactly(sys.stdin.buffer, length))


for pump in (outward, inward):
    threading.Thread(target=pump, daemon=True).start()
results = []
for command in json.loads(os.environ["COMMANDS"]):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    results.append([str(done.returncode), done.stdout.decode("utf-8", "replace")])
with open(sys.argv[1], "w") as out:
    out.write("\x1e".join("\x1f".join(each) for each in results))
os._exit(0)
