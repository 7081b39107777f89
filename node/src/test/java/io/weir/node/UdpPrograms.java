package io.weir.node;

/** Small UDP programs for python3. */
final class UdpPrograms {
    /** Echo on port 7 and, on port 53, a name server that answers every query with no records. */
    static final String SERVERS = """
            import select, socket
            echo = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            names = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            for s, port in ((echo, 7), (names, 53)):
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                s.bind(('::', port))
            while True:
                for s in select.select((echo, names), (), ())[0]:
                    data, peer = s.recvfrom(65536)
                    if s is names:
                        data = bytearray(data)
                        data[2] |= 0x80
                    s.sendto(data, peer)
            """;

    /** Echo on port 7 of one address. */
    static final String BOUND_ECHO = """
            import socket, sys
            family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
            s = socket.socket(family, socket.SOCK_DGRAM)
            s.bind((sys.argv[1], 7))
            while True:
                data, peer = s.recvfrom(65536)
                s.sendto(data, peer)
            """;

    /** Sends datagrams of many sizes, or of the one given, from a new socket every tenth time; each must come back. */
    static final String ECHO_CLIENT = """
            import os, socket, sys
            address, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
            family = socket.AF_INET6 if ':' in address else socket.AF_INET
            sizes = (0, 1, 2, 17, 18, 64, 511, 1200, 1452) if len(sys.argv) < 5 else (int(sys.argv[4]),)
            echoed = 0
            s = None
            for i in range(count):
                if i % 10 == 0:
                    s = socket.socket(family, socket.SOCK_DGRAM)
                    s.settimeout(2)
                    s.connect((address, port))
                data = os.urandom(sizes[i % len(sizes)])
                s.send(data)
                try:
                    if s.recv(65536) == data:
                        echoed += 1
                    else:
                        print('another datagram came back')
                except OSError as e:
                    print(len(data), 'bytes:', e)
            print(echoed, 'of', count, 'echoed')
            sys.exit(0 if echoed == count else 1)
            """;

    private UdpPrograms() {}
}
