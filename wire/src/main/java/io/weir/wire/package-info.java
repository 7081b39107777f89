/**
 * Protocol headers: a <em>view</em> (bytes in place, one reusable instance per engine) and a <em>value</em> (an
 * immutable record that is parsed and emitted) for each protocol, with the checksums they need.
 *
 * <p>Contract of every view: {@code wrap(memory, offset, length)} places it, {@code isValid()} checks every length once;
 * when that returned true no accessor throws or reads outside the given length. Accessors widen without sign; multi-byte
 * fields are in network byte order on the wire and numbers in Java.
 */
@NullMarked
package io.weir.wire;

import org.jspecify.annotations.NullMarked;
