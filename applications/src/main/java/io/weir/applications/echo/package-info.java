/** Sends datagrams back, and looks like an open TCP port, so that others can check the way to this node. */
@NullMarked
package io.weir.applications.echo;

import org.jspecify.annotations.NullMarked;
