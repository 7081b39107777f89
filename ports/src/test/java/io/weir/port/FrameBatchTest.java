package io.weir.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import org.junit.jupiter.api.Test;

class FrameBatchTest {
    @Test
    void removing_the_first_frames_moves_every_column_up() {
        FrameBatch batch = new FrameBatch(3);
        batch.add(1, 10, 100, 4, 7);
        batch.add(2, 20, 200, 5, 8);
        batch.add(3, 30, 300, 6, 9);

        batch.removeFirst(2);

        assertThat(batch.size()).isEqualTo(1);
        assertThat(batch.address[0]).isEqualTo(3);
        assertThat(batch.length[0]).isEqualTo(30);
        assertThat(batch.offload[0]).isEqualTo(300);
        assertThat(batch.owner[0]).isEqualTo(6);
        assertThat(batch.ingress[0]).isEqualTo(9);
    }

    @Test
    void removing_a_frame_keeps_the_order_of_the_others() {
        FrameBatch batch = new FrameBatch(3);
        batch.add(1, 10, 0, 0, 1);
        batch.add(2, 20, 0, 0, 1);
        batch.add(3, 30, 0, 0, 1);

        batch.remove(1);

        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.address[0]).isEqualTo(1);
        assertThat(batch.address[1]).isEqualTo(3);
    }

    @Test
    void a_frame_goes_back_to_the_owner_its_number_names() {
        PoolView pool = PacketStorage.checking(1, 2048, 1).view(0);
        FrameOwners owners = new FrameOwners(pool);
        long[] returned = new long[1];
        owners.register(3, address -> returned[0] = address);

        owners.release(77, 3);
        owners.release(pool.acquire(), FrameBatch.STORAGE);

        assertThat(returned[0]).isEqualTo(77);
        assertThat(pool.free()).isEqualTo(1);
    }

    @Test
    void a_port_id_outside_1_to_254_is_refused() {
        FrameOwners owners = new FrameOwners(PacketStorage.checking(1, 2048, 1).view(0));

        assertThatThrownBy(() -> owners.register(0, address -> {})).hasMessageContaining("port id 0");
        assertThatThrownBy(() -> owners.register(255, address -> {})).hasMessageContaining("port id 255");
    }
}
