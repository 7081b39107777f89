/** Counters and drop reasons; every block has one writer. */
@NullMarked
package io.weir.memory.counters;

import org.jspecify.annotations.NullMarked;
