package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class TcpTest extends HeaderContract.Checksummed<TcpView> {
    private static final int FLAGS = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.ECE | TcpFlags.CWR;
    private static final long PSEUDO_HEADER = Checksum.pseudoHeader4(
            Ipv4Address.parse("10.1.2.3").raw(),
            Ipv4Address.parse("192.168.200.201").raw(),
            IpProtocol.TCP,
            43);

    @Override
    byte[] example() {
        return hex("9c4001bbfedcba9876543210a0d2faf0e1310007" + "020405b40402080a112233445566778801030307" + "616263");
    }

    @Override
    Tcp value() {
        return new Tcp(
                40000,
                443,
                0xfedcba98,
                0x76543210,
                FLAGS,
                64240,
                7,
                Octets.ofHex("020405b40402080a112233445566778801030307"));
    }

    @Override
    TcpView wrap(MemorySegment memory, long offset, int length) {
        return new TcpView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Tcp.parse(bytes);
    }

    @Override
    void assertFields(TcpView view) {
        assertThat(view.sourcePort()).isEqualTo(40000);
        assertThat(view.rawSourcePort()).isEqualTo(0x409c);
        assertThat(view.destinationPort()).isEqualTo(443);
        assertThat(view.rawDestinationPort()).isEqualTo(0xbb01);
        assertThat(view.rawPorts()).isEqualTo(0xbb01409c);
        assertThat(view.sequence()).isEqualTo(0xfedcba98);
        assertThat(view.acknowledgment()).isEqualTo(0x76543210);
        assertThat(view.headerLength()).isEqualTo(40);
        assertThat(view.flags()).isEqualTo(FLAGS);
        assertThat(view.window()).isEqualTo(64240);
        assertThat(view.checksum()).isEqualTo(0xe131);
        assertThat(view.urgentPointer()).isEqualTo(7);
        assertThat(view.payloadOffset()).isEqualTo(40);
        assertThat(view.payloadLength()).isEqualTo(3);
        assertThat(view.sequenceLength()).isEqualTo(4);
        OptionWalk walk = view.options(new OptionWalk());
        assertThat(walk.next()).isTrue();
        assertThat(walk.kind()).isEqualTo(TcpView.OPTION_MAXIMUM_SEGMENT_SIZE);
        assertThat(walk.dataOffset()).isEqualTo(22);
        assertThat(walk.dataLength()).isEqualTo(2);
    }

    @Override
    void writeFields(TcpView view) {
        view.rawPorts(0xbb01409c);
        view.sequence(0xfedcba98);
        view.acknowledgment(0x76543210);
        view.headerLengthAndFlags(40, FLAGS);
        view.window(64240);
        view.urgentPointer(7);
        value().options().emit(view.memory(), TcpView.HEADER_LENGTH);
        view.fillChecksum(PSEUDO_HEADER);
    }

    @Override
    int openChecksumOffset() {
        return checksumOffset();
    }

    @Override
    boolean isChecksumCorrect(TcpView view) {
        return view.isChecksumCorrect(PSEUDO_HEADER);
    }

    @Override
    int checksumOffset() {
        return TcpView.CHECKSUM_OFFSET;
    }

    @Override
    void fillChecksum(TcpView view) {
        view.fillChecksum(PSEUDO_HEADER);
    }

    @Test
    void wrong_header_lengths_are_not_valid() {
        assertInvalidWith(12, 0x40);
        assertInvalidWith(12, 0x00);
        assertInvalidWith(12, 0xb0);
    }

    @Test
    void options_become_values_and_back() {
        TcpOption[] options = {
            new TcpOption.MaximumSegmentSize(1460),
            new TcpOption.SackPermitted(),
            new TcpOption.Timestamps(0x11223344, 0x55667788),
            new TcpOption.WindowScale(7)
        };

        assertThat(value().decodedOptions()).containsExactly(options);
        assertThat(value().withOptions(options).decodedOptions()).containsExactly(options);
        TcpOption other = new TcpOption.Other(TcpView.OPTION_SACK, Octets.ofHex("0000000100000002"));
        assertThat(value().withOptions(other).decodedOptions()).containsExactly(other);
    }

    @Test
    void options_end_at_one_with_an_impossible_length() {
        for (String digits : new String[] {"0200", "0201", "02", "0205aabb", "01010802", "01010802ff"}) {
            byte[] bytes = hex(digits);
            OptionWalk walk = new OptionWalk().wrap(exactly(bytes), 0, bytes.length);
            boolean first = walk.next();
            assertThat(walk.isMalformed() || (first && !walk.next())).as(digits).isTrue();
        }
        byte[] afterEnd = hex("0100020405b4");
        assertThat(new OptionWalk().wrap(exactly(afterEnd), 0, afterEnd.length).next())
                .isFalse();
    }

    @Test
    void flags_have_names() {
        assertThat(TcpFlags.names(FLAGS)).isEqualTo("SYN,ACK,ECE,CWR");
        assertThat(TcpFlags.names(0)).isEqualTo("none");
    }
}
