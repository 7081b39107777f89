/**
 * Counters and drop reasons; every block has one writer, the processor it belongs to. Read by tools and by the control
 * processor ({@link io.weir.memory.counters.CountersReader}). Knows no other package.
 */
@NullMarked
package io.weir.memory.counters;

import org.jspecify.annotations.NullMarked;
