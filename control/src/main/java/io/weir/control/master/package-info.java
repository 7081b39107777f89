/** Selection tables: how new connections are spread over the servers of a service. */
@NullMarked
package io.weir.control.master;

import org.jspecify.annotations.NullMarked;
