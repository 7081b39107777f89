/** Single-producer single-consumer rings. */
@NullMarked
package io.weir.memory.ring;

import org.jspecify.annotations.NullMarked;
