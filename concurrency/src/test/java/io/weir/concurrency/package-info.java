/** Races between writers and readers of the shared memory, run by jcstress from {@link io.weir.concurrency.StressTest}. */
@NullMarked
package io.weir.concurrency;

import org.jspecify.annotations.NullMarked;
