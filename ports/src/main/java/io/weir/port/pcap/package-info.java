/**
 * Capture files: classic libpcap (draft-ietf-opsawg-pcap) read and written, pcapng (draft-ietf-opsawg-pcapng) read and
 * written as far as one interface needs, and a port whose network is a pair of files.
 */
@NullMarked
package io.weir.port.pcap;

import org.jspecify.annotations.NullMarked;
