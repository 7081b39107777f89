package io.weir.memory.map;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Which regions a map has and where each stands. Immutable. Regions stand in the order of {@link Region}; a region
 * nobody asked for has length 0.
 */
public final class MemoryPlan {
    /** Bytes of the header with the region table; one page, so that a tool can read it before it knows the rest. */
    public static final int HEADER_BYTES = 4096;

    /** Alignment that lets the kernel back a region with huge pages. */
    public static final int HUGE_PAGE_BYTES = 2 << 20;

    private final int processors;
    private final long layoutHash;
    private final List<Section> sections;
    private final long bytes;

    private MemoryPlan(int processors, long layoutHash, List<Section> sections) {
        this.processors = processors;
        this.layoutHash = layoutHash;
        this.sections = List.copyOf(sections);
        Section last = sections.getLast();
        this.bytes = roundUp(last.offset() + last.bytes(), 4096);
    }

    /**
     * One region's place in the file.
     *
     * @param region which
     * @param elements number of records
     * @param elementBytes bytes of one record
     * @param alignment of the first record, in bytes
     * @param offset of the first record from the start of the file, in bytes
     */
    public record Section(Region region, long elements, long elementBytes, int alignment, long offset) {
        /** Length in bytes. */
        public long bytes() {
            return elements * elementBytes;
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Number of switching processors. */
    public int processors() {
        return processors;
    }

    /** Names the layout of all records; maps with another hash are refused. */
    public long layoutHash() {
        return layoutHash;
    }

    /** All regions by ordinal. */
    public List<Section> sections() {
        return sections;
    }

    public Section section(Region region) {
        return sections.get(region.index());
    }

    /** Length of the whole map in bytes, whole pages. */
    public long bytes() {
        return bytes;
    }

    private static long roundUp(long value, long alignment) {
        return (value + alignment - 1) & -alignment;
    }

    /** Collects regions; see {@link MemoryPlan}. */
    public static final class Builder {
        private final Map<Region, Section> asked = new EnumMap<>(Region.class);
        private int processors = 1;
        private long layoutHash;

        private Builder() {}

        /** Number of switching processors, 1..255. */
        public Builder processors(int count) {
            if (count < 1 || count > 255) {
                throw new IllegalArgumentException("switching processors: " + count + " is not in 1..255");
            }
            processors = count;
            return this;
        }

        public Builder layoutHash(long hash) {
            layoutHash = hash;
            return this;
        }

        public Builder region(Region region, long elements, long elementBytes) {
            return region(region, elements, elementBytes, region.alignment());
        }

        public Builder region(Region region, long elements, long elementBytes, int alignment) {
            if (region == Region.HEADER) {
                throw new IllegalArgumentException("the header has a fixed size of " + HEADER_BYTES + " bytes");
            }
            if (elements < 0 || elementBytes < 1) {
                throw new IllegalArgumentException(
                        region.key() + ": " + elements + " elements of " + elementBytes + " bytes");
            }
            if (Integer.bitCount(alignment) != 1 || alignment < region.alignment()) {
                throw new IllegalArgumentException(region.key() + ": alignment " + alignment
                        + " is not a power of two of at least " + region.alignment());
            }
            Math.multiplyExact(elements, elementBytes);
            asked.put(region, new Section(region, elements, elementBytes, alignment, 0));
            return this;
        }

        public MemoryPlan build() {
            List<Section> placed = new ArrayList<>();
            long end = HEADER_BYTES;
            placed.add(new Section(Region.HEADER, 1, HEADER_BYTES, Region.HEADER.alignment(), 0));
            for (Region region : Region.values()) {
                if (region == Region.HEADER) {
                    continue;
                }
                Section section = asked.getOrDefault(region, new Section(region, 0, 1, region.alignment(), 0));
                long offset = roundUp(end, section.alignment());
                placed.add(
                        new Section(region, section.elements(), section.elementBytes(), section.alignment(), offset));
                end = Math.addExact(offset, section.bytes());
            }
            return new MemoryPlan(processors, layoutHash, placed);
        }
    }
}
