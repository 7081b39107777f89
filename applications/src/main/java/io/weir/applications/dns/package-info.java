/** Answers questions of the domain name system about static names from immutable tables, over UDP. */
@NullMarked
package io.weir.applications.dns;

import org.jspecify.annotations.NullMarked;
