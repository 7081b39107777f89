/**
 * What the control processor knows about each server: health, draining, and the last report of its load. Written by the
 * control processor only ({@link io.weir.memory.server.ServerStatusTable#write}), read by tools and the surfaces that
 * people use.
 */
@NullMarked
package io.weir.memory.server;

import org.jspecify.annotations.NullMarked;
