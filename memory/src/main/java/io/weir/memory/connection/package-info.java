/** The connection tables for IPv4 and IPv6. */
@NullMarked
package io.weir.memory.connection;

import org.jspecify.annotations.NullMarked;
