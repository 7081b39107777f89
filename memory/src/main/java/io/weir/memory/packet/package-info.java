/**
 * Packet storage and its free buffers: written by whoever holds a buffer; the free pool by all processors, lock-free.
 * Knows no other package.
 */
@NullMarked
package io.weir.memory.packet;

import org.jspecify.annotations.NullMarked;
