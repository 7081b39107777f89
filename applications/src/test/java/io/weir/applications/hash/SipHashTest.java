package io.weir.applications.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class SipHashTest {
    private static final long KEY_0 = 0x0706050403020100L;
    private static final long KEY_1 = 0x0f0e0d0c0b0a0908L;

    @Test
    void hashes_are_those_of_the_authors() {
        SipHash hash = new SipHash(KEY_0, KEY_1);
        // Appendix A of the paper: 15 bytes, 0 to 14.
        assertThat(hash.begin().add(KEY_0).finish(0x0e0d0c0b0a0908L, 7)).isEqualTo(0xa129ca6149be45e5L);
        // First of the vectors of the reference implementation: nothing.
        assertThat(hash.begin().finish()).isEqualTo(0x726fdb47dd0e0e31L);
    }

    @Test
    void all_processors_have_the_key_that_the_first_wrote() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment shared = arena.allocate(SharedKey.BYTES, 8);
            long first = SharedKey.in(shared).begin().finish();
            assertThat(SharedKey.in(shared).begin().finish()).isEqualTo(first);
            assertThat(SharedKey.in(arena.allocate(SharedKey.BYTES, 8)).begin().finish())
                    .isNotEqualTo(first);
        }
    }
}
