/**
 * TCP without state: what has to be known of a connection is in the numbers that its client sends back (SYN cookies, RFC 4987
 * section 3.6).
 */
@NullMarked
package io.weir.applications.tcp;

import org.jspecify.annotations.NullMarked;
