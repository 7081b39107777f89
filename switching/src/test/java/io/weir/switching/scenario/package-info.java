/**
 * Packet scenarios: one list of named cases with the bytes that go in and the bytes that must come out, independent of
 * what kind of ports they run on. Expected frames are built here, with plain sums, by nothing of the data path.
 */
@NullMarked
package io.weir.switching.scenario;

import org.jspecify.annotations.NullMarked;
