/** Keyed hashing, for what strangers must not foresee: sequence numbers, slots of bounded tables. */
@NullMarked
package io.weir.applications.hash;

import org.jspecify.annotations.NullMarked;
