/** Tests of the client. */
@NullMarked
package io.weir.management.client;

import org.jspecify.annotations.NullMarked;
