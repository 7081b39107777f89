package io.weir.memory.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The share of claims refused, as the Javadoc of regionBytes states it and sizing relies on it. */
class ConnectionLoadTest {
    private static final int SLOTS = 1 << 16;
    private static final long HTTP_OVER_TCP = (6L << 32) | 0x5000_0000L;

    private final ConnectionTable4 table =
            ConnectionTable4.format(Arena.ofAuto().allocate(ConnectionTable4.regionBytes(SLOTS / 2), 64), 99);
    private final SplittableRandom random = new SplittableRandom(5);

    private long claims;
    private long refusals;

    @ParameterizedTest(name = "at {0} % load {1} % of the claims are refused")
    @CsvSource({"35, 0.005, 0.01", "50, 0.2, 0.06", "60, 1.0, 0.15", "70, 3.5, 0.4", "85, 17, 1"})
    void claims_are_refused_as_rarely_as_stated(int loadPercent, double refusedPercent, double tolerance) {
        assertThat(table.slots()).isEqualTo(SLOTS);
        long[] records = new long[SLOTS * loadPercent / 100];
        for (int i = 0; i < records.length; i++) {
            records[i] = open();
        }
        claims = 0;
        refusals = 0;

        for (int turn = 0; turn < 8 * SLOTS; turn++) {
            int leaving = random.nextInt(records.length);
            assertThat(table.remove(records[leaving], table.word(records[leaving])))
                    .isTrue();
            records[leaving] = open();
        }

        Offset<Double> offset = within(tolerance);
        assertThat(100.0 * refusals / claims).isCloseTo(refusedPercent, offset);
    }

    private long open() {
        while (true) {
            long addresses = random.nextLong();
            long key = HTTP_OVER_TCP | random.nextInt(1 << 16);
            long record = table.claim(addresses, key, table.hash(addresses, key));
            claims++;
            if (record >= 0) {
                table.publish(record);
                return record;
            }
            assertThat(record).isEqualTo(ConnectionTable.FULL);
            refusals++;
        }
    }
}
