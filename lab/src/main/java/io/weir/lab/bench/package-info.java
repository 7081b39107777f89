/** {@code weir bench}: weir beside other load balancers in one lab of network namespaces, in turns, as medians and ratios. */
@NullMarked
package io.weir.lab.bench;

import org.jspecify.annotations.NullMarked;
