/**
 * The master: how new connections are spread over the servers of a service. An algorithm turns members and weights
 * into a selection table, which the configuration carries to the switching processors; it knows no memory and no
 * packets.
 */
@NullMarked
package io.weir.control.master;

import org.jspecify.annotations.NullMarked;
