/** Networks of Fig. 1 in namespaces, with real servers and clients in them. */
@NullMarked
package io.weir.lab;

import org.jspecify.annotations.NullMarked;
