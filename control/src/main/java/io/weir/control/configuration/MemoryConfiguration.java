package io.weir.control.configuration;

import java.nio.file.Path;

/**
 * Size and place of the shared memory.
 *
 * @param file the map file
 * @param connections4 IPv4 connections to make room for
 * @param connections6 IPv6 connections to make room for
 * @param buffers packet buffers in the storage
 * @param bufferBytes size of one buffer, a power of two
 * @param neighbours neighbour entries
 * @param hugePages ask the kernel for huge pages
 */
public record MemoryConfiguration(
        Path file,
        long connections4,
        long connections6,
        int buffers,
        int bufferBytes,
        int neighbours,
        boolean hugePages) {}
