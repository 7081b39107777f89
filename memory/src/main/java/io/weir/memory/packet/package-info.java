/** Packet storage and its free buffers. */
@NullMarked
package io.weir.memory.packet;

import org.jspecify.annotations.NullMarked;
