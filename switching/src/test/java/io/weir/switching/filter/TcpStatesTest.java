package io.weir.switching.filter;

import static io.weir.memory.connection.ConnectionState.CLOSED;
import static io.weir.memory.connection.ConnectionState.ESTABLISHED;
import static io.weir.memory.connection.ConnectionState.FIN_WAIT;
import static io.weir.memory.connection.ConnectionState.SYN_RECEIVED;
import static io.weir.memory.connection.ConnectionState.SYN_SENT;
import static io.weir.switching.filter.Protocol.ACK;
import static io.weir.switching.filter.Protocol.FIN;
import static io.weir.switching.filter.Protocol.RST;
import static io.weir.switching.filter.Protocol.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TcpStatesTest {
    private static int fromClient(int state, int flags) {
        return TcpStates.next(state, flags, false, false, false);
    }

    private static int fromServer(int state, int flags) {
        return TcpStates.next(state, flags, true, false, false);
    }

    @Test
    void the_handshake_establishes() {
        assertThat(fromServer(SYN_SENT, SYN | ACK)).isEqualTo(SYN_RECEIVED);
        assertThat(fromClient(SYN_RECEIVED, ACK)).isEqualTo(ESTABLISHED);
    }

    @Test
    void an_acknowledgement_alone_does_not_establish() {
        assertThat(fromClient(SYN_SENT, ACK)).isEqualTo(SYN_SENT);
        assertThat(fromServer(SYN_RECEIVED, ACK)).isEqualTo(SYN_RECEIVED);
        assertThat(fromClient(SYN_RECEIVED, SYN)).isEqualTo(SYN_RECEIVED);
    }

    @Test
    void direct_return_is_established_by_the_client_alone() {
        assertThat(TcpStates.next(SYN_SENT, ACK, false, true, false)).isEqualTo(ESTABLISHED);
        assertThat(TcpStates.next(SYN_SENT, SYN, false, true, false)).isEqualTo(SYN_SENT);
    }

    @Test
    void fin_from_one_side_waits_and_from_both_closes() {
        assertThat(fromClient(ESTABLISHED, FIN | ACK)).isEqualTo(FIN_WAIT);
        assertThat(fromClient(FIN_WAIT, FIN | ACK)).as("retransmitted").isEqualTo(FIN_WAIT);
        assertThat(TcpStates.next(FIN_WAIT, FIN | ACK, true, false, true)).isEqualTo(CLOSED);
        assertThat(fromClient(CLOSED, FIN | ACK)).isEqualTo(CLOSED);
    }

    @Test
    void a_reset_closes_from_any_state() {
        for (int state : new int[] {SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT, CLOSED}) {
            assertThat(fromServer(state, RST | ACK)).isEqualTo(CLOSED);
        }
    }

    @Test
    void only_a_syn_without_ack_opens() {
        assertThat(TcpStates.isOpening(SYN)).isTrue();
        assertThat(TcpStates.isOpening(SYN | ACK)).isFalse();
        assertThat(TcpStates.isOpening(ACK)).isFalse();
    }
}
