/** {@code weir.yaml} as validated immutable records, and their way into the back-up side of the shared memory. */
@NullMarked
package io.weir.control.configuration;

import org.jspecify.annotations.NullMarked;
