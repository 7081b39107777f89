/** Asks a running node over its Unix socket; needs nothing of the server. */
@NullMarked
package io.weir.management.client;

import org.jspecify.annotations.NullMarked;
