/**
 * The resource manager: what is known of each server's load, from reports that arrive and from servers that are asked. It
 * writes nothing but its own tables; the master reads {@link io.weir.control.resource.ResourceManager} and decides.
 */
@NullMarked
package io.weir.control.resource;

import org.jspecify.annotations.NullMarked;
