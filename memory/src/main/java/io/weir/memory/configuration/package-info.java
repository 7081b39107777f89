/** The configuration table: side A, side B and the pointer. */
@NullMarked
package io.weir.memory.configuration;

import org.jspecify.annotations.NullMarked;
